namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>
/// Makes what visitors send fit for logs and spans: bounded, and without characters that a terminal or a parser would obey.
/// </summary>
internal static class PrintableText
{
    /// <summary>The most characters of a path that are kept.</summary>
    public const int LongestPath = 1024;

    /// <summary>The most characters of a user agent, a host name or a method that are kept.</summary>
    public const int LongestUserAgent = 256;

    /// <summary>The most characters of a request id that are kept: four times those of a UUID and more.</summary>
    public const int LongestId = 200;

    /// <summary>Replaces each control character, line separator and half surrogate with U+FFFD, and cuts what is too long.</summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">The most characters to keep.</param>
    public static string Clean(string text, int longest = int.MaxValue)
    {
        var clean = true;
        foreach (var c in text)
        {
            clean &= c is >= ' ' and <= '~';
        }

        return clean && text.Length <= longest ? text : Replace(text, longest, IsUnprintable, '\uFFFD');
    }

    /// <summary>Replaces everything but visible ASCII characters with a question mark: what a header of an answer may hold.</summary>
    /// <inheritdoc cref="Clean"/>
    public static string Ascii(string text, int longest)
    {
        var clean = true;
        foreach (var c in text)
        {
            clean &= c is > ' ' and <= '~';
        }

        return clean && text.Length <= longest ? text : Replace(text, longest, static c => c is not (> ' ' and <= '~'), '?');
    }

    private static bool IsUnprintable(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' || char.IsSurrogate(c);

    private static string Replace(string text, int longest, Func<char, bool> isBad, char replacement) =>
        string.Create(Math.Min(text.Length, longest), (text, isBad, replacement), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = state.isBad(state.text[i]) ? state.replacement : state.text[i];
            }
        });
}
