namespace Bookinfo.Load;

/// <summary>What came of a run.</summary>
/// <param name="Plan">What was to be done.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Seconds">How long requests were due: the duration of the profile, or until the run was interrupted.</param>
/// <param name="Total">What was counted and measured.</param>
/// <param name="Unsent">
/// Requests that were due and were never sent, because no connection came free in time. They are in no histogram.
/// </param>
/// <param name="InTime">Requests that ended within the time in which requests were due.</param>
/// <param name="SentInTime">Requests that were sent within that time.</param>
/// <param name="ConnectionsOpened">How many connections were opened.</param>
/// <param name="Interrupted">Whether the run was interrupted.</param>
/// <param name="ProcessorSeconds">Processor time that this process used.</param>
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
    /// <summary>Where an answer led that was a redirect, if one was and it is known.</summary>
    public string? RedirectedTo { get; init; }

    /// <summary>Why TLS failed, if it did and that is known.</summary>
    public string? TlsProblem { get; init; }

    /// <summary>Pages for users who had signed in that came back as for anybody.</summary>
    public long SignedOut { get; init; }

    /// <summary>Requests that were due.</summary>
    public long Due => Total.Sent + Unsent;

    /// <summary>The rate that was asked for, in requests a second.</summary>
    public double AskedRate => Seconds > 0 ? Due / Seconds : 0;

    /// <summary>The rate that was achieved: requests that ended, one way or the other, within the time, a second.</summary>
    public double AchievedRate => Seconds > 0 ? InTime / Seconds : 0;

    /// <summary>
    /// Puts together what workers did at the same time. Nothing is lost in it: counts are sums, and histograms have the values of all.
    /// <see cref="Processors"/> is a sum as well, so a machine that has two of the workers is in it twice.
    /// </summary>
    /// <param name="plan">What all of them were to do together.</param>
    /// <param name="parts">What each of them did, one at least.</param>
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
        };
    }
}
