using System.Diagnostics.CodeAnalysis;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Makes ids for requests that bring none: UUIDs of version 4 (RFC 9562 section 5.4). Two that are the same are as unlikely as ever, but
/// they can be guessed: an id opens nothing. To ask the kernel for each takes 4 to 12% of a request's processor time, and the cryptographic
/// library 3.4 MB of memory.
/// </summary>
internal static class RequestIds
{
    private const int Size = 16;

    [ThreadStatic]
    private static Random? _random;

    /// <summary>Makes an id.</summary>
    /// <returns>The id, in lower case with hyphens.</returns>
    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "An id must not repeat, so there is nothing to seed it "
        + "with; this takes 256 bits from the kernel.")]
    public static string Next()
    {
        Span<byte> bytes = stackalloc byte[Size];
        (_random ??= new Random()).NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
