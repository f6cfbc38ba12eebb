namespace Bookinfo.Verification;

/// <summary>A count that is not what it must be.</summary>
/// <param name="Key">What was counted.</param>
/// <param name="Expected">How often it must be there.</param>
/// <param name="Seen">How often it is there.</param>
/// <param name="Missing">How many are missing.</param>
/// <param name="Surplus">How many are there that must not be.</param>
internal sealed record Difference(ICountKey Key, CountRange Expected, long Seen, long Missing, long Surplus)
{
    /// <summary>The value of a field of its key; empty when the key has no such field.</summary>
    public string this[string field] => Key.Fields.FirstOrDefault(one => one.Name == field).Value ?? "";

    public override string ToString() => FormattableString.Invariant($"{Key}: expected {Expected}, seen {Seen:N0}");
}

/// <summary>Compares what was counted with what must have been.</summary>
internal static class CountComparison
{
    private static readonly StringComparer Order = StringComparer.Ordinal;

    /// <summary>
    /// Compares what must be counted with what was, key by key, in the order of the keys' texts: that of the counts is the order in which
    /// requests happened to end, and two runs that differ in the same way are to say the same.
    /// </summary>
    /// <param name="expected">What must be counted.</param>
    /// <param name="seen">What is.</param>
    /// <returns>What differs.</returns>
    public static List<Difference> Compare<TKey>(Counts<TKey> expected, IReadOnlyDictionary<TKey, long> seen)
        where TKey : class, ICountKey
    {
        var differences = new List<Difference>();
        foreach (var key in expected.Ranges.Keys.Where(key => !KeyPattern.Is(key)).Union(seen.Keys).OrderBy(TextOf, Order))
        {
            var range = expected.Ranges.GetValueOrDefault(key);
            var count = seen.GetValueOrDefault(key);
            if (count < range.Low || count > range.High)
            {
                differences.Add(new Difference(
                    key, range, count, Math.Max(0, range.Low - count), Math.Max(0, count - range.High)));
            }
        }

        // What nobody can know exactly takes up what is surplus otherwise, and the narrowest of it first.
        var spare = new List<(ICountKey Pattern, long Count)>();
        foreach (var (pattern, range) in expected.Ranges.Where(pair => KeyPattern.Is(pair.Key))
            .OrderBy(pair => KeyPattern.Width(pair.Key)).ThenBy(pair => TextOf(pair.Key), Order))
        {
            var taken = 0L;
            for (var index = 0; index < differences.Count && taken < range.High; index++)
            {
                if (differences[index] is { Surplus: > 0 } surplus && KeyPattern.Matches(pattern, surplus.Key))
                {
                    var take = Math.Min(surplus.Surplus, range.High - taken);
                    taken += take;
                    differences[index] = surplus with
                    {
                        Expected = surplus.Expected with { High = surplus.Expected.High + take },
                        Surplus = surplus.Surplus - take,
                    };
                }
            }

            // What a narrower one took though it need not have counts for a wider one that needs it.
            for (var index = 0; index < spare.Count && taken < range.Low; index++)
            {
                if (KeyPattern.Matches(pattern, spare[index].Pattern))
                {
                    var take = Math.Min(spare[index].Count, range.Low - taken);
                    taken += take;
                    spare[index] = spare[index] with { Count = spare[index].Count - take };
                }
            }

            spare.Add((pattern, Math.Max(0, taken - range.Low)));
            if (taken < range.Low)
            {
                differences.Add(new Difference(pattern, range, taken, range.Low - taken, 0));
            }
        }

        differences.RemoveAll(difference => difference is { Missing: 0, Surplus: 0 });
        return differences;
    }

    private static string? TextOf<TKey>(TKey key) where TKey : class, ICountKey => key.ToString();
}

/// <summary>
/// Finds out which differences are one mistake: what is missing under one value of a label and surplus under another, or under none.
/// </summary>
internal static class LabelMistakes
{
    /// <summary>Labels that may be wrong together, because they come from one place; all others may be wrong alone.</summary>
    private static readonly string[][] Together = [["service", "version"]];

    /// <summary>Takes out of the differences those that such a mistake explains.</summary>
    /// <param name="differences">The differences, from which they are removed.</param>
    /// <returns>The mistakes.</returns>
    public static IReadOnlyList<Finding> Take(List<Difference> differences)
    {
        var findings = new List<Finding>();
        while (differences.Count > 0 && Best(differences) is { } mistake)
        {
            var from = Values(mistake.Missing);
            var to = Values(mistake.Surplus);
            var label = string.Join(" and ", mistake.Labels);
            var moved = mistake.Missing.Sum(difference => difference.Missing);
            var isLost = mistake.Labels.All(name => mistake.Surplus[0][name].Length == 0);
            findings.Add(new Finding(
                isLost ? FindingKind.LostLabel : FindingKind.WrongLabel,
                label,
                isLost
                    ? FormattableString.Invariant($"Without {label}: {moved:N0} ({from}).")
                    : FormattableString.Invariant($"With another {label}: {moved:N0} ({from} shown as {to})."))
            {
                Count = moved,
                Examples = [.. mistake.Missing.Concat(mistake.Surplus).Take(5).Select(difference => difference.ToString())],
            });
            differences.RemoveAll(difference => mistake.Missing.Contains(difference) || mistake.Surplus.Contains(difference));

            string Values(IEnumerable<Difference> of) => string.Join(
                ", ", of.Select(difference => string.Join(' ', mistake.Labels.Select(name => difference[name]))).Distinct()
                    .Select(value => value.Trim().Length == 0 ? "(none)" : value));
        }

        return findings;
    }

    /// <summary>The mistake that explains the most.</summary>
    private static Mistake? Best(List<Difference> differences)
    {
        var names = differences[0].Key.Fields.Select(field => field.Name).ToList();
        string[][] candidates =
        [
            .. names.Select(name => new[] { name }), .. Together.Where(labels => labels.All(names.Contains)),
        ];
        return candidates.SelectMany(labels => MistakesOf(differences, labels))
            .OrderByDescending(mistake => mistake.Missing.Sum(difference => difference.Missing)).FirstOrDefault();
    }

    /// <summary>What mistakes in some labels explain: all that have the same wrong value are one.</summary>
    private static IEnumerable<Mistake> MistakesOf(List<Difference> differences, string[] labels) => differences
        .Where(difference => !KeyPattern.Is(difference.Key))
        .GroupBy(difference => string.Join(
            '\n', difference.Key.Fields.Where(field => !labels.Contains(field.Name)).Select(field => field.Value)))
        .Select(group => (
            Missing: group.Where(difference => difference.Missing > 0).ToList(),
            Surplus: group.Where(difference => difference.Surplus > 0).ToList()))
        .Where(group => group is { Missing.Count: > 0, Surplus.Count: 1 }
            && group.Missing.Sum(difference => difference.Missing) == group.Surplus[0].Surplus)
        .GroupBy(group => string.Join('\n', labels.Select(name => group.Surplus[0][name])))
        .Select(groups => new Mistake(
            labels, [.. groups.SelectMany(group => group.Missing)], [.. groups.SelectMany(group => group.Surplus)]));

    private sealed record Mistake(string[] Labels, List<Difference> Missing, List<Difference> Surplus);
}
