using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Contracts;

namespace Bookinfo.Measurement;

/// <summary>What part of the requests to reviews each of its versions is to get.</summary>
public sealed partial class VersionShares : IEquatable<VersionShares>
{
    private const int Whole = 100;

    private readonly SortedDictionary<string, int> _percent = new(StringComparer.Ordinal);

    /// <summary>Takes shares as they are; those of 0 are left out.</summary>
    /// <param name="percent">Whole percents, by version; 100 in all.</param>
    /// <exception cref="ArgumentException">They are not 100 in all, or one is negative.</exception>
    public VersionShares(IEnumerable<KeyValuePair<string, int>> percent)
    {
        foreach (var (version, share) in percent.Where(one => one.Value != 0))
        {
            _percent.Add(version, share);
        }

        if (_percent.Values.Sum() != Whole || _percent.Values.Any(share => share < 0))
        {
            throw new ArgumentException($"The shares {this} are not {Whole}% in all.", nameof(percent));
        }
    }

    /// <summary>The versions of reviews.</summary>
    public static IReadOnlyList<string> AllVersions { get; } =
        [.. ServiceCatalog.Reviews.Versions.Select(version => version.Version)];

    /// <summary>The versions that get any, in order.</summary>
    public IReadOnlyCollection<string> Versions => _percent.Keys;

    /// <summary>The share of a version, in percent.</summary>
    /// <param name="version">The version.</param>
    public int this[string version] => _percent.GetValueOrDefault(version);

    /// <summary>Everything to one version.</summary>
    /// <param name="version">The version.</param>
    public static VersionShares All(string version) => new([KeyValuePair.Create(version, Whole)]);

    /// <summary>Parses shares.</summary>
    /// <param name="text">The text, such as <c>v1=80,v3=20</c>; blanks around a comma and percent signs do not matter.</param>
    /// <returns>The shares; <see langword="null"/> when the text is not allowed.</returns>
    public static VersionShares? TryParse(string text) => TryParse(text, out _);

    /// <inheritdoc cref="TryParse(string)"/>
    /// <param name="problem">
    /// What the text must be, as the rest of a sentence that begins with 'it'; <see langword="null"/> when it is allowed.
    /// </param>
    public static VersionShares? TryParse(string text, out string? problem)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries).Select(static part => Form().Match(part)).ToList();
        problem = FindProblem(parts);
        return problem is null
            ? new VersionShares(parts.Select(static part => KeyValuePair.Create(VersionIn(part), ShareIn(part))))
            : null;
    }

    /// <summary>Makes whole percents of weights, with the largest remainders rounded up.</summary>
    /// <param name="weights">The weights by version, at least one above 0.</param>
    public static VersionShares OfWeights(IReadOnlyCollection<KeyValuePair<string, int>> weights)
    {
        var percent = Apportion([.. weights.Select(one => (double)one.Value)], Whole);
        return new VersionShares(weights.Zip(percent, (one, share) => KeyValuePair.Create(one.Key, share)));
    }

    /// <summary>
    /// Divides indivisible things by weight: each gets its part rounded down, and those with the largest remainders one more.
    /// </summary>
    /// <param name="weights">The weights, at least one above 0 if there are any things.</param>
    /// <param name="whole">How many things there are.</param>
    public static int[] Apportion(IReadOnlyList<double> weights, int whole)
    {
        if (whole == 0)
        {
            return new int[weights.Count];
        }

        var total = weights.Sum();
        var exact = weights.Select(weight => weight * whole / total).ToList();
        var parts = exact.Select(part => (int)Math.Floor(part + 1e-9)).ToArray();
        foreach (var index in Enumerable.Range(0, parts.Length).OrderByDescending(index => exact[index] - parts[index])
            .Take(whole - parts.Sum()))
        {
            parts[index]++;
        }

        return parts;
    }

    /// <summary>
    /// The way to other shares: each step is at most so many points from the one before it, for whichever version moves most.
    /// </summary>
    /// <param name="target">The other shares, which are the last step.</param>
    /// <param name="points">The most points of a step, at least 1.</param>
    /// <returns>The steps; none when both are the same.</returns>
    public IReadOnlyList<VersionShares> StepsTo(VersionShares target, int points)
    {
        var versions = Versions.Union(target.Versions).Order(StringComparer.Ordinal).ToList();
        var farthest = versions.Max(version => Math.Abs(target[version] - this[version]));
        var count = (farthest + points - 1) / points;
        return
        [
            .. Enumerable.Range(1, count).Select(step =>
            {
                // Whole steps first, and what is left in the last one.
                var part = Math.Min(1, step * points / (double)farthest);
                var exact = versions.Select(version => this[version] + ((target[version] - this[version]) * part)).ToList();
                return new VersionShares(versions.Zip(Apportion(exact, Whole), KeyValuePair.Create));
            }),
        ];
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(',', _percent.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key}={one.Value}")));

    /// <inheritdoc/>
    public bool Equals(VersionShares? other) => other is not null && _percent.SequenceEqual(other._percent);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionShares);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static string? FindProblem(List<Match> parts) =>
        parts.Find(static part => !part.Success) is not null
            ? "must be versions with their shares in whole percent and commas between them, such as v1=80,v3=20"
            : parts.Select(VersionIn).FirstOrDefault(static version => !AllVersions.Contains(version)) is { } unknown
            ? $"must name versions of {ServiceCatalog.Reviews.Name} ({string.Join(", ", AllVersions)}), and there is no {unknown}"
            : parts.CountBy(VersionIn).FirstOrDefault(static version => version.Value > 1).Key is { } twice
            ? $"must name each version once, and {twice} is there more than once"
            : parts.Sum(ShareIn) is not Whole and var sum
            ? string.Create(CultureInfo.InvariantCulture, $"must add up to {Whole}%, and adds up to {sum}%")
            : null;

    private static string VersionIn(Match part) => part.Groups["version"].Value;

    private static int ShareIn(Match part) => int.Parse(part.Groups["share"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<version>v[0-9]+)=(?<share>[0-9]{1,3})%?\z")]
    private static partial Regex Form();
}
