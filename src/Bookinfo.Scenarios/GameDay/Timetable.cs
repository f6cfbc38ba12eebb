using System.Text.Json.Serialization;

namespace Bookinfo.Scenarios;

/// <summary>Which scenarios run when on a game day: planned, and as far as it was run, what came of it.</summary>
/// <param name="Version">1; changes when a field changes its meaning.</param>
/// <param name="Program">The version of the program.</param>
/// <param name="Seed">What the plan comes from.</param>
/// <param name="BeginsAt">When the game day begins, by the clock.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Entries">The scenarios, in the order in which they run; never two at a time.</param>
public sealed record Timetable(
    int Version, string Program, ulong Seed, DateTimeOffset BeginsAt, TimeSpan Length, IReadOnlyList<TimetableEntry> Entries)
{
    /// <summary>The version of timetables that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The shortest game day: a pause and a scenario.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(2);

    /// <summary>How long a scenario takes, in seconds: at least, and less than.</summary>
    private static readonly (int Least, int Most) Lengths = (60, 181);

    /// <summary>How long nothing is wrong before each scenario.</summary>
    private static readonly (int Least, int Most) Pauses = (30, 91);

    /// <summary>Plans a game day. The same names and the same seed give the same plan.</summary>
    /// <param name="scenarios">The scenarios to choose from. None comes twice before all others have come.</param>
    /// <param name="seed">Chooses.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="beginsAt">When it begins.</param>
    /// <param name="program">The version of the program.</param>
    public static Timetable Plan(
        IReadOnlyList<PlannedScenario> scenarios, ulong seed, TimeSpan length, DateTimeOffset beginsAt, string program)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var entries = new List<TimetableEntry>();
        var bag = new Queue<PlannedScenario>();
        for (var (at, rest) = (TimeSpan.Zero, TimeSpan.Zero); ;)
        {
            if (bag.Count == 0)
            {
                var shuffled = scenarios.OrderBy(scenario => scenario.Name, StringComparer.Ordinal).ToArray();
                random.Shuffle(shuffled);
                bag = new Queue<PlannedScenario>(shuffled);
            }

            var next = bag.Dequeue();
            at += Longer(TimeSpan.FromSeconds(random.Next(Pauses.Least, Pauses.Most)), rest);
            var span = Longer(TimeSpan.FromSeconds(random.Next(Lengths.Least, Lengths.Most)), next.Least);
            var left = length - at - next.Rest;
            if (left < Longer(TimeSpan.FromSeconds(Lengths.Least), next.Least))
            {
                break;
            }

            span = span < left ? span : left;
            entries.Add(new TimetableEntry(next.Name, at, span, beginsAt + at, beginsAt + at + span));
            at += span;
            rest = next.Rest;
        }

        return new Timetable(CurrentVersion, program, seed, beginsAt, length, entries);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

/// <summary>A scenario that may come on a game day.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">How long it must be on.</param>
/// <param name="Rest">How long nothing else may begin after it, and the game day may not end.</param>
public sealed record PlannedScenario(string Name, TimeSpan Least = default, TimeSpan Rest = default)
{
    /// <summary>Times are exact to seconds.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>One whose alerts can fire, and be resolved before anything else is broken.</summary>
    /// <param name="scenario">What it declares.</param>
    public static PlannedScenario ForAlerts(Scenario scenario) => new(
        scenario.Name,
        scenario.Symptoms.Alerts.Select(alert => alert.Fires + Margin).DefaultIfEmpty().Max(),
        scenario.Symptoms.AlertsLinger + Margin);
}

/// <summary>A scenario on a game day.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="At">How long after the beginning of the game day it begins.</param>
/// <param name="For">How long its faults stay.</param>
/// <param name="BeginsAt">When it begins, by the clock.</param>
/// <param name="EndsAt">When it ends, by the clock.</param>
public sealed record TimetableEntry(string Scenario, TimeSpan At, TimeSpan For, DateTimeOffset BeginsAt, DateTimeOffset EndsAt)
{
    /// <summary>When its faults were on; <see langword="null"/> when it has not run.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>When its faults were taken away.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended.</summary>
    public ScenarioEnd? End { get; init; }

    /// <summary>What was seen of its symptoms in Prometheus.</summary>
    /// <remarks>The reader of JSON sets a list that is not there to <see langword="null"/>.</remarks>
    public IReadOnlyList<SymptomOutcome> Symptoms { get; init => field = value ?? []; } = [];

    /// <summary>When a service first said that it had injected one of its faults; <see langword="null"/> when none has.</summary>
    public DateTimeOffset? FirstInjectedAt { get; init; }

    /// <summary>What was injected, as the services say.</summary>
    public IReadOnlyList<InjectedFault> Injected { get; init => field = value ?? []; } = [];

    /// <summary>Its times by the clock.</summary>
    [JsonIgnore]
    public IEnumerable<DateTimeOffset> Times =>
        new[] { BeginsAt, EndsAt, BeganAt, EndedAt, FirstInjectedAt }.OfType<DateTimeOffset>();

    /// <summary>Whether it was run.</summary>
    [JsonIgnore]
    public bool HasRun => BeganAt is not null;

    /// <summary>Whether its times can be.</summary>
    [JsonIgnore]
    public bool IsConsistent => BeganAt is null ? EndedAt is null : EndedAt >= BeganAt;

    /// <summary>What came of it, when it was run.</summary>
    [JsonIgnore]
    public ScenarioOutcome Outcome => new(End ?? ScenarioEnd.Failed, BeganAt!.Value, EndedAt!.Value, Symptoms, Load: null)
    {
        FirstInjectedAt = FirstInjectedAt,
        Injected = Injected,
    };

    /// <summary>The same with what came of it.</summary>
    /// <param name="outcome">What came of it.</param>
    public TimetableEntry With(ScenarioOutcome outcome) => this with
    {
        BeganAt = outcome.BeganAt,
        EndedAt = outcome.EndedAt,
        End = outcome.End,
        Symptoms = outcome.Symptoms,
        FirstInjectedAt = outcome.FirstInjectedAt,
        Injected = outcome.Injected,
    };
}

/// <summary>How timetables are serialized.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(DurationConverter), typeof(ScenarioEndConverter)])]
[JsonSerializable(typeof(Timetable))]
public sealed partial class TimetableJson : JsonSerializerContext;

/// <summary>Writes <see cref="ScenarioEnd"/> as <c>timeOver</c> and so on.</summary>
public sealed class ScenarioEndConverter()
    : JsonStringEnumConverter<ScenarioEnd>(System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false);
