using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Scenarios.Tests;

/// <summary>Files with the timetable of a game day.</summary>
public sealed class TimetableFileTests : IDisposable
{
    private static readonly DateTimeOffset Begins = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Timetable Day = Timetable.Plan([new("a"), new("b")], seed: 1, TimeSpan.FromHours(1), Begins, "0.1.0");

    private static readonly Dictionary<string, (Timetable Timetable, string Problem)> Impossible = new()
    {
        ["an entry"] = (Day with { Entries = [null!] }, "there is a null in a list."),
        ["a fault"] = (With(entry => entry with { Injected = [null!] }), "there is a null in a list."),
        ["a symptom"] = (With(entry => entry with { Symptoms = [null!] }), "there is a null in a list."),
        ["its beginning"] = (With(entry => entry with { BeganAt = DateTimeOffset.MinValue }), "has a time that cannot be."),
        ["its end"] = (With(entry => entry with { EndedAt = DateTimeOffset.MaxValue }), "has a time that cannot be."),
        ["a count"] = (
            With(entry => entry with { Injected = [new InjectedFault("a", "b", "c", 7, long.MaxValue)] }),
            "has a number of requests that cannot be."),
        ["a negative count"] = (
            With(entry => entry with { Injected = [new InjectedFault("a", "b", "c", -7, 5)] }),
            "has a number of requests that cannot be."),
        ["the day"] = (Day with { BeginsAt = DateTimeOffset.MinValue }, "it begins at a time that cannot be."),
    };

    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string> WaysToBeImpossible => [.. Impossible.Keys];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void What_was_written_is_read()
    {
        Write(Played(Begins, Begins.AddMinutes(1)));
        var entry = TimetableFile.Read("--schedule", _file).Entries[0];

        Assert.True(entry.HasRun);
        Assert.Equal((Begins.AddSeconds(1), 5L), (entry.Outcome.FirstInjectedAt, entry.Outcome.Injected.Single().Injected));
    }

    [Theory]
    [InlineData("nothing", "is not a timetable as 'bookinfo scenario schedule --file' writes it: ")]
    [InlineData("", "is not a timetable as 'bookinfo scenario schedule --file' writes it: ")]
    [InlineData("null", "is not a timetable as 'bookinfo scenario schedule --file' writes it: it is null.")]
    [InlineData("{\"version\":1}", "is not a timetable as 'bookinfo scenario schedule --file' writes it: ")]
    [InlineData("[]", "is not a timetable as 'bookinfo scenario schedule --file' writes it: ")]
    public void Something_else_is_refused(string text, string message)
    {
        File.WriteAllText(_file, text);
        Assert.StartsWith($"--schedule: '{_file}' {message}", Refused(_file), StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_another_version_is_refused()
    {
        Write(Day with { Version = 2 });
        Assert.Equal($"--schedule: '{_file}' is of version 2, and this program reads 1.", Refused(_file));
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(0, null)]
    [InlineData(null, 0)]
    public void Times_that_cannot_be_are_refused(int? began, int? ended)
    {
        static DateTimeOffset? At(int? seconds) => seconds is { } after ? Begins.AddSeconds(after) : null;
        Write(Day with { Entries = [Day.Entries[0] with { BeganAt = At(began), EndedAt = At(ended) }] });
        Assert.EndsWith($"'{Day.Entries[0].Scenario}' must have begun before it ended.", Refused(_file), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WaysToBeImpossible))]
    public void What_cannot_be_is_refused(string way)
    {
        var (timetable, problem) = Impossible[way];
        Write(timetable);
        Assert.StartsWith($"--schedule: '{_file}' is not a timetable as ", Refused(_file), StringComparison.Ordinal);
        Assert.EndsWith(problem, Refused(_file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_is_not_there_is_empty()
    {
        Write(Played(Begins, Begins.AddMinutes(1)));
        File.WriteAllText(
            _file, File.ReadAllText(_file).Replace("\"injected\"", "\"more\"", StringComparison.Ordinal)
                .Replace("\"symptoms\"", "\"others\"", StringComparison.Ordinal));

        var outcome = TimetableFile.Read("--schedule", _file).Entries[0].Outcome;
        Assert.Empty(outcome.Injected);
        Assert.Empty(outcome.Symptoms);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named()
    {
        Assert.StartsWith("--schedule: the file '/no/such/file' cannot be read: ", Refused("/no/such/file"), StringComparison.Ordinal);
        Assert.StartsWith("--schedule: the file '/tmp' cannot be read: ", Refused("/tmp"), StringComparison.Ordinal);
    }

    private static Timetable Played(DateTimeOffset began, DateTimeOffset ended) => Day with
    {
        Entries =
        [
            Day.Entries[0].With(new ScenarioOutcome(ScenarioEnd.TimeOver, began, ended, [], Load: null)
            {
                FirstInjectedAt = began.AddSeconds(1),
                Injected = [new InjectedFault("ratings-v1", "delay", "delay", 7, 5)],
            }),
            .. Day.Entries.Skip(1),
        ],
    };

    private static Timetable With(Func<TimetableEntry, TimetableEntry> change)
    {
        var played = Played(Begins, Begins.AddMinutes(1));
        return played with { Entries = [change(played.Entries[0]), .. played.Entries.Skip(1)] };
    }

    private static string Refused(string file)
    {
        var failure = Assert.Throws<OperationFailedException>(() => TimetableFile.Read("--schedule", file));
        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        return failure.Message;
    }

    private void Write(Timetable timetable) =>
        File.WriteAllText(_file, JsonSerializer.Serialize(timetable, TimetableJson.Default.Timetable));
}
