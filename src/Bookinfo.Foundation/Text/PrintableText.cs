using System.Text.RegularExpressions;

namespace Bookinfo.Foundation;

/// <summary>Makes text from elsewhere (programs, clusters, the logs of containers) safe to show: a terminal must not obey it.</summary>
public static partial class PrintableText
{
    private const string Replacement = "\uFFFD";

    /// <summary>
    /// Removes sequences that color text or move the cursor, and carriage returns; any other control character becomes a question mark.
    /// Line breaks and tabs stay.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Clean(string text) =>
        text.Any(static character => char.IsControl(character) && character is not ('\n' or '\t'))
            ? Control().Replace(Sequence().Replace(text, ""), static control => control.Value == "\r" ? "" : "?")
            : text;

    /// <summary>
    /// Replaces every control character with U+FFFD, except for tabs and line breaks. Unlike <see cref="Clean"/> it shows that something
    /// was there, and keeps the rest of a sequence.
    /// </summary>
    /// <param name="text">The text, which may have lines of its own.</param>
    public static string Show(string text) => Obeyed().Replace(text, Replacement);

    /// <summary>Replaces every control character with U+FFFD, line breaks as well: for what must not make a line of its own.</summary>
    /// <param name="text">The text.</param>
    public static string ShowInLine(string text) => Show(text).ReplaceLineEndings(Replacement);

    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]|\e\][^\a\e]*(?:\a|\e\\)?")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"[\p{Cc}-[\n\t]]")]
    private static partial Regex Control();

    [GeneratedRegex(@"\r(?!\n)|[\p{Cc}-[\r\n\t]]")]
    private static partial Regex Obeyed();
}
