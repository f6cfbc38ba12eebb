using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>A scenario of a game day that was run.</summary>
/// <param name="Entry">What the timetable says of it.</param>
/// <param name="Scenario">What it declares; <see langword="null"/> when nobody knows by now.</param>
/// <param name="Problem">Why nobody can say whether it was noticed; <see langword="null"/> when that can be said.</param>
internal sealed record PlayedScenario(TimetableEntry Entry, Scenario? Scenario, string? Problem)
{
    /// <summary>What nobody knows anything of may be the cause of an alert for longer than most.</summary>
    private static readonly TimeSpan UnknownLinger = TimeSpan.FromMinutes(20);

    /// <summary>Whether there are samples from when its alerts had to be resolved: without any, an alert ends as well.</summary>
    public bool IsEndKnown { get; init; } = true;

    /// <summary>Its name.</summary>
    public string Name => Entry.Scenario;

    /// <summary>When its faults were on.</summary>
    public DateTimeOffset BeganAt { get; } = Entry.BeganAt!.Value;

    /// <summary>When they were taken away.</summary>
    public DateTimeOffset EndedAt { get; } = Entry.EndedAt!.Value;

    /// <summary>For how long they were on.</summary>
    public TimeSpan Length => EndedAt - BeganAt;

    /// <summary>Until when an alert that begins to fire may have it as its cause.</summary>
    public DateTimeOffset Reach => EndedAt + (Scenario?.Symptoms.AlertsLinger ?? UnknownLinger);

    /// <summary>Whether it may be why an alert began to fire.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="from">When it began.</param>
    public bool MayHaveCaused(AlertSeries alert, DateTimeOffset from) => from >= BeganAt && from <= Reach && MayCause(alert);

    /// <summary>Whether it may cause an alert; one of which nobody knows what it declares may cause any.</summary>
    /// <param name="alert">The alert.</param>
    public bool MayCause(AlertSeries alert) => Scenario is null || OtherAlerts.IsConsequence(Scenario.Symptoms, alert);
}
