namespace Bookinfo.Foundation;

/// <summary>Finds what somebody meant who has misspelled a name.</summary>
public static class NearestName
{
    /// <summary>The most edits at which an unknown word still counts as a misspelled one.</summary>
    private const int MostEdits = 3;

    /// <summary>Suggests a name.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">The names that there are.</param>
    /// <returns>A question that begins with a space; empty when no name is near enough.</returns>
    public static string Suggest(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(name => (Name: name, Edits: Edits(word, name))).OrderBy(one => one.Edits).FirstOrDefault();
        return nearest.Name is { } name && nearest.Edits <= Math.Min(MostEdits, word.Length / 2) ? $" Did you mean {name}?" : "";
    }

    /// <summary>How many characters have to be changed, added or removed to turn one word into the other (Levenshtein).</summary>
    private static int Edits(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
