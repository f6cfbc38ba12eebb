using System.Text.Json;
using Bookinfo.Load;

namespace Bookinfo.Scenarios.Tests;

/// <summary>Game days.</summary>
public sealed class TimetableTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly PlannedScenario[] Planned = [.. Names.Select(name => new PlannedScenario(name))];
    private static readonly DateTimeOffset Begins = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_seed_gives_the_same_day_and_another_seed_another()
    {
        Assert.Equal(Text(Plan(1)), Text(Plan(1)));
        Assert.NotEqual(Text(Plan(1)), Text(Plan(2)));
        // The order of the names does not matter.
        Assert.Equal(Text(Plan(1)), Text(Timetable.Plan([.. Planned.Reverse()], 1, TimeSpan.FromHours(1), Begins, "0.1.0")));
    }

    [Fact]
    public void Never_two_at_a_time_with_pauses_and_within_the_day() => Assert.All(Enumerable.Range(1, 100), seed =>
    {
        var timetable = Plan((ulong)seed);
        var free = TimeSpan.Zero;
        Assert.All(timetable.Entries, entry =>
        {
            Assert.InRange(entry.At - free, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90));
            Assert.InRange(entry.For, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(180));
            Assert.Equal((Begins + entry.At, Begins + entry.At + entry.For), (entry.BeginsAt, entry.EndsAt));
            free = entry.At + entry.For;
        });
        Assert.True(free <= timetable.Length);
    });

    [Fact]
    public void None_comes_twice_before_all_have_come() => Assert.All(Enumerable.Range(1, 100), seed =>
        Assert.All(
            Plan((ulong)seed).Entries.Chunk(Names.Length).Where(round => round.Length == Names.Length),
            round => Assert.Equal(Names, round.Select(entry => entry.Scenario).Order())));

    /// <summary>Alerts fire while their scenario is on, and are resolved before the next one begins.</summary>
    [Fact]
    public void Alerts_are_given_their_time() => Assert.All(Enumerable.Range(1, 100), seed =>
    {
        var slow = new AlertSymptom("Slow", new Dictionary<string, string>(), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(9));
        var scenarios = new[] { "a", "b" }.Select(name => new Scenario(
            "", "", "", TimeSpan.FromMinutes(1), [], new ScenarioTraffic(1, ProfileKind.Constant, []),
            new ScenarioSymptoms([], [], name == "a" ? [slow] : [], [], []))
        { Name = name });
        var entries = Timetable.Plan(
            [.. scenarios.Select(PlannedScenario.ForAlerts)], (ulong)seed, TimeSpan.FromHours(2), Begins, "0.1.0").Entries;

        Assert.True(entries.Count >= 4);
        Assert.All(entries.Where(entry => entry.Scenario == "a"), entry => Assert.Equal(TimeSpan.FromSeconds(510), entry.For));
        Assert.All(entries.Zip(entries.Skip(1)), pair => Assert.Equal(
            TimeSpan.FromSeconds(pair.First.Scenario == "a" ? 570 : 330), pair.Second.At - pair.First.At - pair.First.For));
        Assert.InRange(
            TimeSpan.FromHours(2) - entries[^1].At - entries[^1].For, TimeSpan.FromSeconds(entries[^1].Scenario == "a" ? 570 : 330),
            TimeSpan.FromHours(1));
    });

    [Fact]
    public void The_shortest_day_has_a_scenario_for_some_seeds() =>
        Assert.Contains(Enumerable.Range(1, 20), seed =>
            Timetable.Plan(Planned, (ulong)seed, Timetable.Shortest, Begins, "0.1.0").Entries.Count == 1);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var timetable = Plan(7);
        timetable = timetable with
        {
            Entries =
            [
                timetable.Entries[0] with
                {
                    BeganAt = Begins, EndedAt = Begins.AddMinutes(1), End = ScenarioEnd.TimeOver,
                    Symptoms = [new SymptomOutcome("slow", TimeSpan.FromSeconds(12.3))],
                },
            ],
        };

        var read = JsonSerializer.Deserialize(Text(timetable), TimetableJson.Default.Timetable);

        Assert.Equivalent(timetable, read, strict: true);
        Assert.Contains("\"seenAfter\": \"12300ms\"", Text(timetable));
        Assert.Contains("\"end\": \"timeOver\"", Text(timetable));
    }

    private static Timetable Plan(ulong seed) => Timetable.Plan(Planned, seed, TimeSpan.FromHours(1), Begins, "0.1.0");

    private static string Text(Timetable timetable) => JsonSerializer.Serialize(timetable, TimetableJson.Default.Timetable);
}
