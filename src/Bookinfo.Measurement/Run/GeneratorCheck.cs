using System.Globalization;
using Bookinfo.Load;

namespace Bookinfo.Measurement;

/// <summary>
/// Tells whether a run measured the server or the generator. A generator that cannot keep up reports latencies and rates that are its own,
/// and nobody sees that from the figures alone.
/// </summary>
public static class GeneratorCheck
{
    /// <summary>
    /// What part of the latency from due time the generator's lateness may be at the same percentile. The median is what most readers
    /// compare; a tail has in it whatever else the machine did as well.
    /// </summary>
    private static readonly (double Percentile, long Least, double Part)[] Lateness = [(50, 100, 0.1), (90, 1000, 0.5), (99, 1000, 0.5)];

    /// <summary>The share of requests that may be missing from the rate without a word.</summary>
    private const double MissingTolerance = 0.005;

    /// <summary>The share that may have to wait for a connection: with less, p99 is hardly touched.</summary>
    private const double WaitedTolerance = 0.01;

    /// <summary>The share of all processors from which on the generator itself may be what is slow.</summary>
    private const double MuchProcessor = 0.4;

    /// <summary>Looks at a run.</summary>
    /// <param name="result">The run.</param>
    public static IReadOnlyList<LoadWarning> Check(LoadResult result)
    {
        var warnings = new List<LoadWarning>();
        void Warn(string code, params FormattableString[] text) =>
            warnings.Add(new LoadWarning(code, string.Concat(text.Select(part => part.ToString(CultureInfo.InvariantCulture)))));

        var total = result.Total;
        var (delays, latency) = (Percentiles.Of(total.SchedulingDelay), Percentiles.Of(total.FromDue));
        foreach (var (percentile, least, part) in Lateness)
        {
            if (delays.At(percentile) is { } late && latency.At(percentile) is { } whole && late > least && late > part * whole)
            {
                Warn(
                    "generator-late",
                    $"The generator itself was late: {LoadText.Time(late)} at p{percentile}, ",
                    $"which can be {Math.Min(1, late / (double)whole):0%} of the {LoadText.Time(whole)} from due time shown there. ",
                    $"Give it processors of its own.");
                break;
            }
        }

        var waited = result.Due > 0 ? (total.Waited + result.Unsent) / (double)result.Due : 0;
        if (total.Waited + result.Unsent > 1 && waited > WaitedTolerance)
        {
            var used = result.ProcessorSeconds / Math.Max(result.Seconds, 0.001);
            FormattableString own = $" The generator used {used:0.0} of {result.Processors} processors, so it may be what was slow.";
            Warn(
                "connections-busy",
                $"All {result.Plan.Connections} connections were busy when {waited:0.#%} of the requests fell due: ",
                $"the server was slower than it was asked to be, or --connections is too low. Latencies from due time have that wait in ",
                $"them.{(used > MuchProcessor * result.Processors ? own.ToString(CultureInfo.InvariantCulture) : "")}");
        }
        else if (result.Due - result.SentInTime > Math.Max(1, MissingTolerance * result.Due))
        {
            Warn(
                "generator-slow",
                $"The generator sent {result.SentInTime / result.Seconds:0.0} requests a second of {result.AskedRate:0.0}, ",
                $"although connections were free: what it reports is its own limit.");
        }

        if (result.Unsent > 0)
        {
            Warn(
                "unsent",
                $"{result.Unsent:N0} requests that were due were not sent, as no connection came free in time. ",
                $"They are in no percentile, so the real ones are higher.");
        }

        return warnings;
    }
}
