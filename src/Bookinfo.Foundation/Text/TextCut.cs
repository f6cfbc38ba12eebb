namespace Bookinfo.Foundation;

/// <summary>Cuts texts that are too long for where they stand.</summary>
public static class TextCut
{
    /// <summary>Where to cut a text so that no character is split in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The most characters to keep, at least 2.</param>
    public static int Before(string text, int most) =>
        text.Length <= most ? text.Length : char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;

    /// <summary>Breaks a text into lines between its words. A text that fits stays as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">How many characters fit in a line.</param>
    /// <param name="longestWord">
    /// Where to cut a word that is longer than a line, at least 2; <see langword="null"/> to leave it whole, so that a path or an address
    /// can be copied.
    /// </param>
    /// <returns>The lines, at least one. A word that is wider than a line gets a line of its own.</returns>
    public static IEnumerable<string> Lines(string text, int width, int? longestWord = null)
    {
        if (text.Length <= width)
        {
            yield return text;
            yield break;
        }

        var line = "";
        foreach (var whole in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var word = whole;
            if (line.Length > 0 && line.Length + 1 + word.Length <= width)
            {
                line += $" {word}";
                continue;
            }

            if (line.Length > 0 || (longestWord > width && word.Length > width))
            {
                yield return line;
            }

            for (int cut; (cut = Before(word, longestWord ?? word.Length)) < word.Length; word = word[cut..])
            {
                yield return word[..cut];
            }

            line = word;
        }

        yield return line;
    }

    /// <summary>Breaks a text into indented lines.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">How many characters fit in a line, what it begins with included.</param>
    /// <param name="first">What the first line begins with.</param>
    /// <param name="others">What the other lines begin with, as long as that or longer.</param>
    /// <returns>The lines, at least one. A word that is wider than a line stays whole.</returns>
    public static IEnumerable<string> Indented(string text, int width, string first, string others) =>
        Lines(text, Math.Max(1, width - others.Length)).Select((line, index) => (index == 0 ? first : others) + line);
}
