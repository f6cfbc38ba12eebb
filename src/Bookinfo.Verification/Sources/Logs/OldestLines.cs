using System.Runtime.InteropServices;

namespace Bookinfo.Verification;

/// <summary>
/// Whether the lines that are missing look like those that a platform has dropped because it keeps a limited number: of each service, they
/// may be the oldest, and at least one request has no line at all. If a service had lost a batch, the others' lines would be there.
/// </summary>
internal sealed class OldestLines
{
    private readonly Dictionary<(string Service, string Version), OldestAbsent> _lines = [];

    /// <summary>Whether a request has no line at all.</summary>
    private bool _isOneWithout;

    /// <summary>Whether the missing lines look like the oldest ones, dropped by the platform.</summary>
    public bool AreAbsent => _isOneWithout && _lines.Values.All(lines => lines.Holds);

    /// <summary>Adds a request.</summary>
    /// <param name="trace">The request, and which lines it must have.</param>
    /// <param name="lines">The lines that it has.</param>
    /// <param name="differences">How they differ from those that it must have.</param>
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
