namespace Bookinfo.Load;

/// <summary>The result of a run.</summary>
/// <param name="Plan">What was planned.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Seconds">
/// For how many seconds requests fell due: the duration of the profile, or the time until the run was interrupted.
/// </param>
/// <param name="Total">What was counted and measured.</param>
/// <param name="Unsent">
/// Requests that were due and were never sent, because no connection came free in time. They are in no histogram.
/// </param>
/// <param name="InTime">Requests that ended within the time in which requests were due.</param>
/// <param name="SentInTime">Requests that were sent within that time.</param>
/// <param name="ConnectionsOpened">How many connections were opened.</param>
/// <param name="Interrupted">Whether the run was interrupted.</param>
/// <param name="ProcessorSeconds">Processor time that this process used, in seconds.</param>
/// <param name="Processors">How many processors it may use.</param>
public sealed record LoadResult(
    LoadPlan Plan,
    DateTimeOffset StartedAt,
    double Seconds,
    Recording Total,
    long Unsent,
    long InTime,
    long SentInTime,
    long ConnectionsOpened,
    bool Interrupted,
    double ProcessorSeconds,
    int Processors)
{
    /// <summary>Where a redirect led; <see langword="null"/> when there was none or this is not known.</summary>
    public string? RedirectedTo { get; init; }

    /// <summary>Why TLS failed; <see langword="null"/> when it did not or this is not known.</summary>
    public string? TlsProblem { get; init; }

    /// <summary>How many pages for signed-in users came back as if nobody had signed in.</summary>
    public long SignedOut { get; init; }

    /// <summary>How many connections got no answer to any of several requests; 0 also when this is not known.</summary>
    public int SilentConnections { get; init; }

    /// <summary>
    /// The parts of <see cref="Unsent"/> by the phases of the profile in which they were due; empty when this is not known.
    /// </summary>
    public IReadOnlyList<long> UnsentByPhase { get; init; } = [];

    /// <summary>What the <see cref="Unsent"/> requests would have been.</summary>
    public UnsentRequests UnsentBy { get; init; } = UnsentRequests.None;

    /// <summary>Requests that were due.</summary>
    public long Due => Total.Sent + Unsent;

    /// <summary>The rate that was asked for, in requests a second.</summary>
    public double AskedRate => Seconds > 0 ? Due / Seconds : 0;

    /// <summary>The rate that was achieved, in requests a second: requests that ended in time, successfully or not.</summary>
    public double AchievedRate => Seconds > 0 ? InTime / Seconds : 0;

    /// <summary>
    /// Merges the results of workers that ran at the same time. Nothing is lost: counts are sums, and histograms have the values of all.
    /// <see cref="Processors"/> is a sum as well, so a machine that runs two of the workers counts twice.
    /// </summary>
    /// <param name="plan">What all workers together were to do.</param>
    /// <param name="parts">The result of each worker, at least one.</param>
    public static LoadResult Merge(LoadPlan plan, IReadOnlyList<LoadResult> parts)
    {
        var total = new Recording(plan.Mix.Answers);
        foreach (var part in parts)
        {
            total.Add(part.Total);
        }

        return new LoadResult(
            plan,
            parts.Min(part => part.StartedAt),
            parts.Max(part => part.Seconds),
            total,
            parts.Sum(part => part.Unsent),
            parts.Sum(part => part.InTime),
            parts.Sum(part => part.SentInTime),
            parts.Sum(part => part.ConnectionsOpened),
            parts.Any(part => part.Interrupted),
            parts.Sum(part => part.ProcessorSeconds),
            parts.Sum(part => part.Processors))
        {
            RedirectedTo = parts.Select(part => part.RedirectedTo).FirstOrDefault(location => location is not null),
            TlsProblem = parts.Select(part => part.TlsProblem).FirstOrDefault(problem => problem is not null),
            SignedOut = parts.Sum(part => part.SignedOut),
            SilentConnections = parts.Sum(part => part.SilentConnections),
            UnsentByPhase =
            [
                .. Enumerable.Range(0, parts.Max(part => part.UnsentByPhase.Count))
                    .Select(phase => parts.Sum(part => part.UnsentByPhase.ElementAtOrDefault(phase))),
            ],
            UnsentBy = UnsentRequests.Sum(parts.Select(part => part.UnsentBy)),
        };
    }
}
