using System.Security.Cryptography;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>Makes ids for requests that bring none: UUIDs of version 4 (RFC 9562 section 5.4).</summary>
internal static class RequestIds
{
    private const int Size = 16;

    /// <summary>How many ids are made out of what the kernel is asked for at once: asking takes longer than all the rest.</summary>
    private const int AtOnce = 64;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _left;

    /// <summary>Makes an id.</summary>
    /// <returns>The id, in lower case with hyphens.</returns>
    public static string Next()
    {
        _random ??= new byte[AtOnce * Size];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(_random);
            _left = AtOnce;
        }

        var bytes = _random.AsSpan(--_left * Size, Size);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
