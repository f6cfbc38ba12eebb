namespace Bookinfo.Verification;

/// <summary>
/// Access lines that are not whole, by the service that wrote them as far as they tell. A line whose trace id is cut off may be of another
/// run: it counts only as far as lines of this run are missing.
/// </summary>
internal sealed class CutLines
{
    private const int MostExamples = 5;

    private const int LongestExample = 100;

    private readonly Dictionary<string, (long OfRun, long OfAny)> _counts = [];
    private readonly List<string> _ofRun = [];
    private readonly List<string> _ofAny = [];

    /// <summary>Some of them; those that are certainly of the run come first.</summary>
    public IReadOnlyList<string> Examples => [.. _ofRun.Concat(_ofAny).Take(MostExamples)];

    /// <summary>Takes a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="service">The service that wrote it; empty when that is cut off.</param>
    /// <param name="isOfRun">Whether it has the trace id of a request of the run, rather than none.</param>
    public void Add(string line, string service, bool isOfRun)
    {
        var (ofRun, ofAny) = _counts.GetValueOrDefault(service);
        _counts[service] = isOfRun ? (ofRun + 1, ofAny) : (ofRun, ofAny + 1);
        var examples = isOfRun ? _ofRun : _ofAny;
        if (examples.Count < MostExamples)
        {
            examples.Add(line.Length > LongestExample ? $"{line[..LongestExample]}..." : line);
        }
    }

    /// <summary>How many lines of the run are cut.</summary>
    /// <param name="lost">How many lines of the run are missing, by service.</param>
    public long CountOfRun(IReadOnlyDictionary<string, long> lost) =>
        _counts.Values.Sum(count => count.OfRun) + Unexplained(lost, ofRunOnly: true) - Unexplained(lost, ofRunOnly: false);

    /// <summary>How many lines are missing, apart from those that are cut.</summary>
    /// <param name="lost">How many lines of the run are missing, by service.</param>
    public long CountLost(IReadOnlyDictionary<string, long> lost) => Unexplained(lost, ofRunOnly: false);

    private long Unexplained(IReadOnlyDictionary<string, long> lost, bool ofRunOnly)
    {
        var left = lost.Sum(one => Math.Max(0, one.Value - CountOf(one.Key)));
        return Math.Max(0, left - CountOf(""));

        long CountOf(string service) => _counts.GetValueOrDefault(service) is var count && ofRunOnly
            ? count.OfRun
            : count.OfRun + count.OfAny;
    }
}
