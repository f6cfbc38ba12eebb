namespace Bookinfo.Verification;

/// <summary>
/// Whether the lines that are missing are those that a platform let go because it keeps so many: of each service, none is younger than one
/// that is there; and some requests have none at all, since what one service sends at once is less than what was let go.
/// </summary>
internal sealed class OldestLines
{
    /// <summary>Why such lines are not there.</summary>
    public const string Why = "They are the oldest: it keeps so many and lets the oldest go. Raise its limit, or send fewer requests.";

    /// <summary>When the last request was sent of which a line is missing, by service and version.</summary>
    private readonly Dictionary<(string Service, string Version), long> _lastAbsent = [];

    /// <summary>When the first request had ended of which a line is there.</summary>
    private readonly Dictionary<(string Service, string Version), long> _firstPresent = [];

    private bool _isOneWithout;

    /// <summary>Whether it is so.</summary>
    public bool AreAbsent => _isOneWithout && _lastAbsent.All(absent => _firstPresent.All(present =>
        present.Key.Service != absent.Key.Service || (absent.Key.Version is not KeyPattern.Any && present.Key.Version != absent.Key.Version)
        || absent.Value <= present.Value));

    /// <summary>Takes in a request.</summary>
    /// <param name="trace">The request.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="differences">What differs from those that it must have.</param>
    public void Add(ExpectedTrace trace, IReadOnlyCollection<ServedKey> lines, List<Difference> differences)
    {
        foreach (var line in lines)
        {
            var key = (line.Service, line.Version);
            _firstPresent[key] = Math.Min(_firstPresent.GetValueOrDefault(key, long.MaxValue), trace.Sent + trace.Waited);
        }

        foreach (var difference in differences.Where(difference => difference.Missing > 0))
        {
            _isOneWithout |= lines.Count == 0;
            var key = (difference["service"], difference["version"]);
            _lastAbsent[key] = Math.Max(_lastAbsent.GetValueOrDefault(key, long.MinValue), trace.Sent);
        }
    }
}
