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

        return clean && text.Length <= longest
            ? text
            : Replace(text, longest, static (kept, index) => kept[index] is not (> ' ' and <= '~'), '?');
    }

    private static bool IsUnprintable(ReadOnlySpan<char> text, int index) =>
        char.IsControl(text[index]) || text[index] is '\u2028' or '\u2029' || IsHalfSurrogate(text, index);

    private static bool IsHalfSurrogate(ReadOnlySpan<char> text, int index) => char.IsHighSurrogate(text[index])
        ? index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1])
        : char.IsLowSurrogate(text[index]) && (index == 0 || !char.IsHighSurrogate(text[index - 1]));

    private static string Replace(string text, int longest, IsBad isBad, char replacement) =>
        string.Create(Math.Min(text.Length, longest), (text, isBad, replacement), static (span, state) =>
        {
            // Cut first, as that may leave half of a pair.
            var kept = state.text.AsSpan(0, span.Length);
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = state.isBad(kept, i) ? state.replacement : kept[i];
            }
        });

    private delegate bool IsBad(ReadOnlySpan<char> text, int index);
}
