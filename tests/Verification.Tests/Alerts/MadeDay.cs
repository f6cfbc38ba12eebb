using Bookinfo.Load;
using Bookinfo.Scenarios;

namespace Bookinfo.Verification.Tests;

/// <summary>A game day of scenarios that all declare the same alert, and whose times are seconds from its beginning.</summary>
internal static class MadeDay
{
    /// <summary>When it begins.</summary>
    public static readonly DateTimeOffset Begin = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    /// <summary>What a scenario declares: that this alert fires within a minute, and is resolved within two.</summary>
    public static readonly AlertSymptom Alert = new("Slow", Labels("page"), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));

    /// <summary>The labels of an alert.</summary>
    public static Dictionary<string, string> Labels(string severity) => new() { ["severity"] = severity };

    /// <summary>A scenario that was run.</summary>
    public static TimetableEntry Entry(string name, int began, int ended) =>
        new(name, TimeSpan.FromSeconds(began), TimeSpan.FromSeconds(ended - began), At(began), At(ended))
        {
            BeganAt = At(began),
            EndedAt = At(ended),
            End = ScenarioEnd.TimeOver,
            FirstInjectedAt = At(began),
            Injected = [new InjectedFault("ratings-v1", "delay", "delay", 20, 10)],
        };

    /// <summary>The timetable of a day.</summary>
    public static Timetable Of(params IReadOnlyList<TimetableEntry> entries) =>
        new(Timetable.CurrentVersion, "test", 1, Begin, TimeSpan.FromHours(1), entries);

    /// <summary>What a scenario declares: the alert, and that one more may fire.</summary>
    public static Scenario Scenario(string name) => new(
        name, name, name, TimeSpan.FromMinutes(1), [new ScenarioFault(["ratings"])], new ScenarioTraffic(1, ProfileKind.Constant, []),
        new ScenarioSymptoms([], [], [Alert], [new PossibleAlert("Possible", Labels("page"))], []))
    {
        Name = name,
    };

    /// <summary>A time of the day.</summary>
    public static DateTimeOffset At(int seconds) => Begin.AddSeconds(seconds);

    /// <summary>When a rule was evaluated that is evaluated every ten seconds.</summary>
    public static IReadOnlyList<DateTimeOffset> Every10(int from, int to) =>
        [.. Enumerable.Range(0, ((to - from) / 10) + 1).Select(number => At(from + (10 * number)))];
}
