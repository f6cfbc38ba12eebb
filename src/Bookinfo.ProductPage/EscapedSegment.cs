using System.Buffers;
using System.Text;

namespace Bookinfo.ProductPage;

/// <summary>Makes a segment of a path out of anything, without changing what is one already.</summary>
public static class EscapedSegment
{
    // pchar of RFC 3986 section 3.3, without the escapes.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@");

    /// <summary>Escapes what may not stand in a segment; escapes that are there stay.</summary>
    /// <param name="segment">A segment as it came in a request line: it holds no slash.</param>
    /// <returns>A segment by RFC 3986: only characters that are allowed there, and escapes.</returns>
    public static string From(string segment)
    {
        if (!segment.AsSpan().ContainsAnyExcept(Allowed))
        {
            return segment;
        }

        var escaped = new StringBuilder();
        for (var i = 0; i < segment.Length; i++)
        {
            var isEscape = segment[i] == '%'
                && i + 2 < segment.Length
                && char.IsAsciiHexDigit(segment[i + 1])
                && char.IsAsciiHexDigit(segment[i + 2]);
            if (isEscape || Allowed.Contains(segment[i]))
            {
                escaped.Append(segment[i]);
            }
            else
            {
                var width = char.IsSurrogatePair(segment, i) ? 2 : 1;
                escaped.Append(Uri.EscapeDataString(segment.AsSpan(i, width)));
                i += width - 1;
            }
        }

        return escaped.ToString();
    }
}
