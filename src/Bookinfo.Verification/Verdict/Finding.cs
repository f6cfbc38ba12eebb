using System.Globalization;
using System.Text.Json.Serialization;

namespace Bookinfo.Verification;

/// <summary>In which way a platform does not show what happened.</summary>
public enum FindingKind
{
    /// <summary>Fewer are shown than there were, and no other finding says why.</summary>
    Missing,

    /// <summary>More are shown than there were, and no other finding says why.</summary>
    Surplus,

    /// <summary>They are shown with another value of a label: what is missing of one is surplus of another.</summary>
    WrongLabel,

    /// <summary>They are shown without a label by which they should be told apart.</summary>
    LostLabel,

    /// <summary>One process is scraped as two targets.</summary>
    ScrapedTwice,

    /// <summary>A target was not scraped when its turn was, or did not answer.</summary>
    ScrapeGap,

    /// <summary>A target has not been scraped since the end of the run, while others have.</summary>
    StaleTarget,

    /// <summary>The process of a target has ended during the run, after its last scrape: what it counted in between is not known.</summary>
    TargetEnded,

    /// <summary>A version of a service that served requests is none of the targets.</summary>
    TargetMissing,

    /// <summary>The counters of a target began again at 0, and what it had counted since the last scrape is lost.</summary>
    CounterReset,

    /// <summary>A process began again, and its counters look as if it had not.</summary>
    HiddenReset,

    /// <summary>The buckets of a histogram hold requests that were faster or slower than that.</summary>
    WrongBucket,

    /// <summary>Requests have no line in the log of a service that served them.</summary>
    LineLost,

    /// <summary>A line of a log is there more than once.</summary>
    LineTwice,

    /// <summary>A line of a log is not whole.</summary>
    LineCut,

    /// <summary>Requests have no spans at all.</summary>
    TraceLost,

    /// <summary>Traces are there, and lack some of their spans.</summary>
    SpanLost,

    /// <summary>A span is there more than once.</summary>
    SpanTwice,

    /// <summary>A span is below one that it cannot be below, or below none that is there.</summary>
    ParentBroken,

    /// <summary>Traces are shown by the last 64 bits of their ids.</summary>
    IdCut,

    /// <summary>Another share of the traces was taken than should have been.</summary>
    SamplingRate,

    /// <summary>Spans last longer or shorter than what they stand for.</summary>
    WrongDuration,

    /// <summary>The clocks of services are apart, so that what was called seems to begin before it was called, or to end after.</summary>
    ClockSkew,

    /// <summary>The platform shows another number of spans when it is asked for a trace by its id.</summary>
    NotById,

    /// <summary>The platform does not find a trace by search, or finds another number of its spans.</summary>
    NotBySearch,

    /// <summary>A target was not scraped before the run, so what it had counted until then is not known.</summary>
    NoBaseline,

    /// <summary>
    /// A target was not scraped after the run for as long as it was waited for, so what it had counted last is not known.
    /// </summary>
    NotScraped,

    /// <summary>There is no rule for an alert that a scenario declares, or none that works.</summary>
    AlertMissing,

    /// <summary>An alert that a scenario declares did not fire.</summary>
    AlertNotFired,

    /// <summary>An alert was not resolved after the faults were taken away.</summary>
    AlertNotResolved,

    /// <summary>An alert fired in Prometheus and did not arrive at Alertmanager.</summary>
    AlertNotSent,

    /// <summary>An alert fired that the scenario does not explain.</summary>
    AlertWithoutCause,

    /// <summary>A symptom that a scenario declares was not seen.</summary>
    SymptomNotSeen,

    /// <summary>A symptom in metrics was not gone after the faults were taken away.</summary>
    SymptomNotGone,

    /// <summary>A symptom or an alert was seen, or was gone, later than a scenario declares.</summary>
    Late,

    /// <summary>An answer of the application is not the one of the contract.</summary>
    ContractBroken,

    /// <summary>A process of the application does not answer.</summary>
    NotAnswered,

    /// <summary>A version of reviews is there, and no page comes from it.</summary>
    VersionNotServed,

    /// <summary>More or fewer pages come from a version of reviews than chance leaves.</summary>
    VersionShare,

    /// <summary>What a request brings is not answered with, or does not reach the services behind.</summary>
    HeaderLost,

    /// <summary>A probe is not answered as it must be.</summary>
    ProbeFailing,

    /// <summary>There is nothing to scrape, or documented metrics are not in it.</summary>
    MetricMissing,

    /// <summary>Answers do not say how long they took.</summary>
    TimingMissing,
}

/// <summary>Something in which a platform does not show what happened.</summary>
/// <param name="Kind">In which way.</param>
/// <param name="Subject">What it is about, such as a target or a label.</param>
/// <param name="Text">A sentence for people.</param>
public sealed record Finding(FindingKind Kind, string Subject, string Text)
{
    /// <summary>How many are not shown.</summary>
    public long Missing { get; init; }

    /// <summary>How many are shown that there were not.</summary>
    public long Surplus { get; init; }

    /// <summary>How many are shown as something else, or how many scrapes are concerned.</summary>
    public long Count { get; init; }

    /// <summary>The worst of what it is about, each with its expected and its seen count.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Where to look: questions to the platform, and trace ids of requests that are concerned.</summary>
    public IReadOnlyList<string> LookAt { get; init; } = [];

    /// <summary>Whether it leaves open what the platform would show, rather than being something that it shows wrong.</summary>
    public bool IsUntold => Kind is FindingKind.NoBaseline or FindingKind.NotScraped or FindingKind.TargetEnded;
}

/// <summary>A question that was put to a platform, and what came of it.</summary>
/// <param name="Name">What was checked.</param>
public sealed record CheckResult(string Name)
{
    /// <summary>How often it must be there; <see langword="null"/> for what is not counted.</summary>
    public CountRange? Expected { get; init; }

    /// <summary>How often it is there; <see langword="null"/> for what is not counted.</summary>
    public long? Seen { get; init; }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What could not be checked, in sentences.</summary>
    public IReadOnlyList<string> NotChecked { get; init; } = [];

    /// <summary>The same, if more was still coming: what is not there yet may be late, and is not called lost.</summary>
    internal CheckResult LeaveOpen()
    {
        static bool IsLost(Finding finding) =>
            finding.Kind is FindingKind.TraceLost or FindingKind.SpanLost or FindingKind.LineLost or FindingKind.NotById
                or FindingKind.NotBySearch;
        return this with
        {
            Findings = [.. Findings.Where(finding => !IsLost(finding))],
            NotChecked =
            [
                .. NotChecked,
                .. Findings.Where(IsLost).Select(finding =>
                    $"{finding.Text} More was still coming when --wait was over, so they may be late: wait longer."),
            ],
        };
    }

    /// <summary>What came of it.</summary>
    public VerificationVerdict Verdict => Findings.Any(finding => !finding.IsUntold) ? VerificationVerdict.Differs
        : Findings.Count > 0 || NotChecked.Count > 0 ? VerificationVerdict.Untold
        : VerificationVerdict.Exact;
}

/// <summary>What came of a verification.</summary>
public enum VerificationVerdict
{
    /// <summary>The platform shows exactly what happened.</summary>
    Exact,

    /// <summary>It shows something else.</summary>
    Differs,

    /// <summary>What was seen is right, but some of it could not be checked.</summary>
    Untold,
}

/// <summary>What came of the checks of a signal.</summary>
/// <param name="Signal">The signal, such as <c>metrics</c>.</param>
/// <param name="Source">Where it was looked at, with its version.</param>
/// <param name="Checks">The checks.</param>
public sealed record SignalResult(string Signal, string Source, IReadOnlyList<CheckResult> Checks)
{
    /// <summary>How it was looked at, in a sentence or two.</summary>
    public string Method { get; init; } = "";

    /// <summary>How long after the end of the run the last of it was there to be seen.</summary>
    [JsonIgnore]
    public TimeSpan? VisibleAfter { get; init; }

    /// <summary>The same, in seconds.</summary>
    public double? VisibleAfterSeconds => VisibleAfter?.TotalSeconds;

    /// <summary>Whether it was there when it was first asked for: then it may have been there before.</summary>
    public bool VisibleWhenFirstAsked { get; init; }

    /// <summary>What is worth knowing and is not wrong.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The scenario of a game day that it is about; <see langword="null"/> for everything else.</summary>
    public string? Scenario { get; init; }

    /// <summary>What it is about: the signal, and on a game day the scenario and when it began.</summary>
    [JsonIgnore]
    public string Title => Scenario is null || Alerts is null ? Signal : string.Create(
        CultureInfo.InvariantCulture, $"{Signal} of {Scenario} at {Alerts.FaultsOnAt.UtcDateTime:HH:mm:ss}");

    /// <summary>When a scenario was seen; <see langword="null"/> for all other signals.</summary>
    public AlertFigures? Alerts { get; init; }

    /// <summary>What came of it.</summary>
    public VerificationVerdict Verdict => VerdictOf(Checks.Select(check => check.Verdict));

    /// <summary>What came of several things together.</summary>
    /// <param name="verdicts">What came of each.</param>
    internal static VerificationVerdict VerdictOf(IEnumerable<VerificationVerdict> verdicts)
    {
        var all = verdicts.ToList();
        return all.Contains(VerificationVerdict.Differs) ? VerificationVerdict.Differs
            : all.Contains(VerificationVerdict.Untold) ? VerificationVerdict.Untold : VerificationVerdict.Exact;
    }
}
