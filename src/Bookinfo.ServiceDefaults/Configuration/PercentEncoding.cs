using System.Buffers;

namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>The encoding of the lists in OpenTelemetry's variables, that of W3C Baggage (https://www.w3.org/TR/baggage/#value).</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Decodes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="decoded">What it stands for; of no use if this returns <see langword="false"/>.</param>
    /// <returns>Whether two hexadecimal digits follow each percent sign, and the decoded bytes are UTF-8.</returns>
    public static bool TryDecode(string text, out string decoded)
    {
        decoded = Uri.UnescapeDataString(text);
        // Bytes that are not UTF-8 are left as they were written, so that their percent signs are there beside those decoded from %25.
        var escapedSigns = 0;
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || text.AsSpan(at + 1, 2).ContainsAnyExcept(Hex))
            {
                return false;
            }

            escapedSigns += text.AsSpan(at + 1, 2) is "25" ? 1 : 0;
        }

        return decoded.AsSpan().Count('%') == escapedSigns;
    }
}
