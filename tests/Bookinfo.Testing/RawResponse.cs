using System.Globalization;
using System.Text;

namespace Bookinfo.Testing;

/// <summary>An HTTP/1.1 response, as its bytes came.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The header lines, names in lower case, in their order.</param>
/// <param name="Body">What followed the head.</param>
public sealed record RawResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>Whether it is whole, and the last on its connection.</summary>
    public bool IsLast => Header("connection") == "close"
        && Header("content-length") is { } length
        && Body.Length >= int.Parse(length, CultureInfo.InvariantCulture);

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The value of a header, or <see langword="null"/>.</summary>
    /// <param name="name">Its name in lower case.</param>
    public string? Header(string name) => Headers.FirstOrDefault(header => header.Name == name).Value;

    /// <summary>Reads a response from all the bytes that a connection gave until its end.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The response; <see langword="null"/> when the connection gave none.</returns>
    public static RawResponse? Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !bytes.StartsWith("HTTP/1.1 "u8))
        {
            return null;
        }

        var lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
        return new RawResponse(
            int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture),
            [.. lines.Skip(1).Select(line => line.Split(':', 2)).Select(parts => (parts[0].ToLowerInvariant(), parts[1].Trim()))],
            bytes[(end + 4)..].ToArray());
    }
}
