using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification;

/// <summary>What came of a verification: whether platforms show what happened in a run.</summary>
/// <param name="Version">The version of this format; it changes when a field changes its meaning.</param>
/// <param name="Program">The version of the program that verified.</param>
/// <param name="Ledger">The file that has the run; <see langword="null"/> when there was none.</param>
/// <param name="Target">Where the requests of the run went; <see langword="null"/> for a game day.</param>
/// <param name="StartedAt">When the first of them was sent.</param>
/// <param name="EndedAt">When the last of them had ended.</param>
/// <param name="Requests">How many were sent.</param>
/// <param name="Unknown">Of how many nobody knows how they ended in the services, or whether they came there.</param>
/// <param name="NeverSent">For how many more no connection could be opened.</param>
/// <param name="Signals">What came of each signal.</param>
public sealed record VerificationReport(
    int Version, string Program, string? Ledger, string? Target, DateTimeOffset StartedAt, DateTimeOffset EndedAt, long Requests,
    long Unknown, long NeverSent, IReadOnlyList<SignalResult> Signals)
{
    /// <summary>The version of the format.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The scenario that was to be noticed; <see langword="null"/> when it was another run.</summary>
    public string? Scenario { get; init; }

    /// <summary>The file with the timetable of the game day that was to be noticed; <see langword="null"/> for everything else.</summary>
    public string? Schedule { get; init; }

    /// <summary>What came of it.</summary>
    public VerificationVerdict Verdict => SignalResult.VerdictOf(Signals.Select(signal => signal.Verdict));

    /// <summary>Puts together the report of a run from what came of each signal.</summary>
    /// <param name="program">The version of the program.</param>
    /// <param name="ledger">The file that has the run.</param>
    /// <param name="run">What had to be seen.</param>
    /// <param name="signals">What came of each signal.</param>
    public static VerificationReport Of(string program, string ledger, RunExpectation run, IReadOnlyList<SignalResult> signals) => new(
        CurrentVersion, program, ledger, run.Target, run.Start, run.End, run.Requests, run.Unknown, run.NeverSent, signals);

    /// <summary>Puts together the report of a scenario.</summary>
    /// <param name="program">The version of the program.</param>
    /// <param name="scenario">The name of the scenario.</param>
    /// <param name="target">Where its requests went.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="signals">What was seen of it, and where.</param>
    public static VerificationReport Of(
        string program, string scenario, Uri target, AlertOutcome outcome, IReadOnlyList<SignalResult> signals) => new(
        CurrentVersion, program, null, target.AbsoluteUri, outcome.Start, outcome.End, outcome.Load?.Total.Sent ?? 0, Unknown: 0,
        NeverSent: 0, signals)
        {
            Scenario = scenario,
        };

    /// <summary>Puts together the report of a game day.</summary>
    /// <param name="program">The version of the program.</param>
    /// <param name="schedule">The file with its timetable.</param>
    /// <param name="timetable">Its timetable.</param>
    /// <param name="signals">What came of it.</param>
    public static VerificationReport Of(string program, string schedule, Timetable timetable, IReadOnlyList<SignalResult> signals) => new(
        CurrentVersion, program, null, null, timetable.BeginsAt, timetable.Entries.Max(entry => entry.EndedAt) ?? timetable.BeginsAt,
        Requests: 0, Unknown: 0, NeverSent: 0, signals)
    {
        Schedule = schedule,
    };

    /// <summary>Puts together the report of an application alone.</summary>
    /// <param name="program">The version of the program.</param>
    /// <param name="target">Where its page is.</param>
    /// <param name="outcome">What came of it.</param>
    public static VerificationReport Of(string program, Uri target, AppOutcome outcome) => new(
        CurrentVersion, program, null, target.AbsoluteUri, outcome.Start, outcome.End, outcome.Requests, Unknown: 0, NeverSent: 0,
        [outcome.Signal]);

    /// <summary>The report as JSON, in one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, VerificationJson.Default.VerificationReport);
}

/// <summary>How reports are serialized.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(FindingKindConverter), typeof(VerdictConverter), typeof(AlertCauseConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VerificationReport))]
internal sealed partial class VerificationJson : JsonSerializerContext;

/// <summary>Writes kinds of findings as docs/verify.md has them.</summary>
internal sealed class FindingKindConverter() : JsonStringEnumConverter<FindingKind>(JsonNamingPolicy.KebabCaseLower);

/// <summary>Writes verdicts in the same way.</summary>
internal sealed class VerdictConverter() : JsonStringEnumConverter<VerificationVerdict>(JsonNamingPolicy.KebabCaseLower);

/// <summary>Writes causes in the same way.</summary>
internal sealed class AlertCauseConverter() : JsonStringEnumConverter<AlertCause>(JsonNamingPolicy.KebabCaseLower);
