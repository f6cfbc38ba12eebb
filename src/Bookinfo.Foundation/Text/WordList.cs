namespace Bookinfo.Foundation;

/// <summary>Lists in sentences.</summary>
public static class WordList
{
    /// <summary>Joins words: one, one and another, or several with commas and an 'and' before the last.</summary>
    /// <param name="words">The words.</param>
    public static string And(IEnumerable<string> words)
    {
        var list = words.ToList();
        return list.Count < 2 ? string.Concat(list) : $"{string.Join(", ", list.SkipLast(1))} and {list[^1]}";
    }
}
