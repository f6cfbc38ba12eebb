using System.Text.Json;
using Bookinfo.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Scenarios.Tests;

/// <summary>A fault that is on has not yet happened to anybody: what was really injected is known, and since when.</summary>
public sealed class InjectedFaultsTests
{
    private const string Set = "slow-ratings";

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_processes_say_is_added_up_over_their_starts()
    {
        var injected = new InjectedFaults(Set, _time);
        Note(injected, start: 0, matched: 3, done: 0);
        Assert.Null(injected.FirstAt);
        Assert.Equal([new InjectedFault("ratings-v1", "late", "delay", 3, 0)], injected.All);

        _time.Advance(TimeSpan.FromSeconds(10));
        Note(injected, start: 0, matched: 5, done: 1);
        var first = _time.GetUtcNow();
        Assert.Equal(first, injected.FirstAt);

        _time.Advance(TimeSpan.FromSeconds(10));
        Note(injected, start: 0, matched: 9, done: 4);
        // One that begins again counts from nothing.
        Note(injected, start: 1, matched: 2, done: 2);

        Assert.Equal(first, injected.FirstAt);
        Assert.Equal([new InjectedFault("ratings-v1", "late", "delay", 11, 6)], injected.All);
    }

    [Fact]
    public void Sets_of_others_do_not_count()
    {
        var injected = new InjectedFaults("other", _time);
        Note(injected, start: 0, matched: 5, done: 1);

        Assert.Null(injected.FirstAt);
        Assert.Empty(injected.All);
    }

    private static void Note(InjectedFaults injected, int start, long matched, long done) => injected.Note(
        new FaultTarget("ratings-v1", "ratings", "ratings-v1", null),
        new FaultStatus(
            "ratings", "v1", "ratings-v1", DateTimeOffset.UnixEpoch.AddMinutes(start),
            [
                new FaultSetStatus(
                    Set, FaultSetStatus.ManagementSource, 30,
                    [new FaultRuleStatus("late", "delay", true, matched, done, 1, JsonElement.Parse("{}"))]),
            ]));
}
