using System.Runtime.InteropServices;

namespace Bookinfo.Verification;

/// <summary>
/// Whether the lines that are missing are those that a platform let go because it keeps so many: of each service, they are the oldest; and
/// some requests have none at all, since what one service sends at once is less than what was let go.
/// </summary>
internal sealed class OldestLines
{
    private readonly Dictionary<(string Service, string Version), OldestAbsent> _lines = [];

    private bool _isOneWithout;

    /// <summary>Whether it is so.</summary>
    public bool AreAbsent => _isOneWithout && _lines.Values.All(lines => lines.Holds);

    /// <summary>Takes in a request.</summary>
    /// <param name="trace">The request.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="differences">What differs from those that it must have.</param>
    public void Add(ExpectedTrace trace, IReadOnlyCollection<ServedKey> lines, List<Difference> differences)
    {
        // A line is written at some time while its request is under way.
        var ended = trace.Sent + trace.Waited;
        foreach (var line in lines)
        {
            Of(line.Service, line.Version).AddPresent(ended);
            // For a line that is missing, it may not be known of which version.
            Of(line.Service, KeyPattern.Any).AddPresent(ended);
        }

        foreach (var difference in differences.Where(difference => difference.Missing > 0))
        {
            _isOneWithout |= lines.Count == 0;
            Of(difference["service"], difference["version"]).AddAbsent(trace.Sent);
        }
    }

    private OldestAbsent Of(string service, string version) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_lines, (service, version), out _) ??= new OldestAbsent();
}
