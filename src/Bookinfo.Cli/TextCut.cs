namespace Bookinfo.Cli;

/// <summary>Cuts texts that are too long for where they stand.</summary>
internal static class TextCut
{
    /// <summary>Where to cut a text so that no character is cut in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How much of it may stay, 2 at least.</param>
    public static int Before(string text, int most) => text.Length <= most ? text.Length : char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;

    /// <summary>Cuts a text into pieces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The length of a piece, 2 at least.</param>
    public static IEnumerable<string> Pieces(string text, int most)
    {
        while (text.Length > 0)
        {
            var cut = Before(text, most);
            yield return text[..cut];
            text = text[cut..];
        }
    }
}
