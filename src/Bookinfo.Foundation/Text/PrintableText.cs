using System.Text.RegularExpressions;

namespace Bookinfo.Foundation;

/// <summary>Makes text from elsewhere (programs, clusters, the logs of containers) safe to show: a terminal must not obey it.</summary>
public static partial class PrintableText
{
    /// <summary>
    /// Removes sequences that color text or move the cursor, and carriage returns; any other control character becomes a question mark.
    /// Line breaks and tabs stay.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Clean(string text) =>
        text.Any(static character => char.IsControl(character) && character is not ('\n' or '\t'))
            ? Control().Replace(Sequence().Replace(text, ""), static control => control.Value == "\r" ? "" : "?")
            : text;

    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]|\e\][^\a\e]*(?:\a|\e\\)?")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"[\p{Cc}-[\n\t]]")]
    private static partial Regex Control();
}
