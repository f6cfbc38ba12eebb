using System.Globalization;
using System.Text;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>How often what has been seen. Two are equal when they have seen the same equally often.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, long> _counts = [];

    public Tally()
    {
    }

    public Tally(IEnumerable<string> seen)
    {
        foreach (var key in seen)
        {
            Add(key);
        }
    }

    /// <summary>What must be counted, where that is known exactly.</summary>
    public static Tally Of<TKey>(Counts<TKey> counts)
        where TKey : ICountKey
    {
        var tally = new Tally();
        foreach (var (key, range) in counts.Ranges)
        {
            Assert.True(range.IsExact, $"{key}: {range}");
            tally.Add(key.ToString()!, range.Low);
        }

        return tally;
    }

    public long Total => _counts.Values.Sum();

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(string key, long count = 1)
    {
        // What was counted zero times is the same as what was not counted.
        if (count != 0)
        {
            _counts[key] = _counts.GetValueOrDefault(key) + count;
        }
    }

    /// <summary>What differs, a line each; empty when nothing does.</summary>
    public static string Difference(Tally expected, Tally actual)
    {
        var lines = new StringBuilder();
        foreach (var key in expected._counts.Keys.Union(actual._counts.Keys).Order(StringComparer.Ordinal))
        {
            var (wanted, got) = (expected._counts.GetValueOrDefault(key), actual._counts.GetValueOrDefault(key));
            if (wanted != got)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{key}: expected {wanted}, counted {got}\n");
            }
        }

        return lines.ToString();
    }
}
