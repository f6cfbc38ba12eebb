using System.Text.Json;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using FsCheck;
using FsCheck.Xunit;

namespace Bookinfo.Load.Tests;

/// <summary>
/// What workers have recorded by what was sent and over time arrives as it was, and together it is what one would have recorded.
/// </summary>
public sealed class RunDetailsTests
{
    private static readonly LoadPlan Plan = LoadRunner.Plan(new Uri("http://localhost:1"), 1, 1) with
    {
        Profile = new StepsProfile(100, 3, 2),
        Mix = Mix("/a", "/b", "/c"),
    };

    [Property(MaxTest = 20)]
    public void Details_of_parts_that_were_sent_and_merged_are_those_of_all_requests(PositiveInt workers, NonNegativeInt requests, int seed)
    {
        var random = new Random(seed);
        var all = RunDetails.Of(Plan);
        var parts = Enumerable.Range(0, (workers.Get % 4) + 1).Select(_ => RunDetails.Of(Plan)).ToList();
        for (var request = 0; request < requests.Get * 10; request++)
        {
            var sample = RandomSample.Next(random) with
            {
                Template = (ushort)random.Next(3),
                // So few that each has a part of its own, whichever comes first.
                Version = (byte)random.Next(3),
                Due = random.NextInt64(2_000_000_000),
            };
            sample.Done = Math.Max(sample.Done, sample.Due);
            var part = parts[random.Next(parts.Count)];
            foreach (var observer in new ILoadObserver[] { all.Breakdown, all.Timeline, part.Breakdown, part.Timeline })
            {
                observer.Add(sample);
            }
        }

        AssertSame(all, RunDetails.Merge([.. parts.Select(Sent)])!);
    }

    [Fact]
    public void Workers_that_found_different_pages_are_not_put_together() =>
        Assert.Null(RunDetails.Merge([RunDetails.Of(Plan), RunDetails.Of(Plan with { Mix = Mix("/a", "/b", "/d") })]));

    [Fact]
    public void What_cannot_have_been_recorded_is_refused()
    {
        var details = RunDetails.Of(Plan);
        var sample = new Sample { Template = 1, Done = 1_000_000, Status = 503, Error = ErrorKind.Status, Hops = HopTimes.None };
        foreach (var observer in new ILoadObserver[] { details.Breakdown, details.Timeline })
        {
            observer.Add(sample);
        }

        var data = details.ToData();
        var part = Assert.Single(data.Breakdown.Parts);
        var error = Assert.Single(data.Breakdown.Errors);
        AssertRefused(data with { Templates = [] }, "there are 0 requests to choose from");
        AssertRefused(With(part with { Group = 3 }), "requests are counted that were not sent");
        AssertRefused(With(part with { Version = 200 }), "requests are counted that were not sent");
        AssertRefused(With(part with { Hops = 1 }), "requests are counted that were not sent");
        AssertRefused(With(part with { FromDue = [1, 2, 3] }), "a histogram cannot be decoded");
        AssertRefused(
            data with { Breakdown = data.Breakdown with { Errors = [error with { Template = 3 }] } },
            "an error is of a request that is not there");
        var stretches = data.Timeline.Stretches;
        AssertRefused(data with { Timeline = new TimelineData([.. stretches.Skip(1)]) }, "stretches of time, and should be");
        AssertRefused(
            data with { Timeline = new TimelineData([stretches[0] with { Sent = 2 }, .. stretches.Skip(1)]) },
            "the latencies of a stretch do not add up to its 2 requests");

        RunDetailsData With(PartData changed) => data with { Breakdown = data.Breakdown with { Parts = [changed] } };
    }

    private static TrafficMix Mix(params IEnumerable<string> paths) => new(
        [.. paths.Select(path => (new RequestTemplate(RequestKind.Path, "host", path, []), 1.0))], BookinfoAnswers.Usual);

    /// <summary>As they are on the other side of the network.</summary>
    private static RunDetails Sent(RunDetails details) => RunDetails.From(
        JsonSerializer.Deserialize(
            JsonSerializer.Serialize(details.ToData(), WorkerJson.Default.RunDetailsData), WorkerJson.Default.RunDetailsData)!,
        Plan);

    private static void AssertRefused(RunDetailsData data, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => RunDetails.From(data, Plan)).Message);

    private static void AssertSame(RunDetails expected, RunDetails actual)
    {
        var (one, other) = (Ordered(expected.ToData()), Ordered(actual.ToData()));
        Assert.Equal(
            JsonSerializer.Serialize(one, WorkerJson.Default.RunDetailsData),
            JsonSerializer.Serialize(other, WorkerJson.Default.RunDetailsData));
    }

    /// <summary>In an order that does not depend on which request came first.</summary>
    private static RunDetailsData Ordered(RunDetailsData data) => data with
    {
        Breakdown = new BreakdownData(
            [.. data.Breakdown.Parts.OrderBy(part => (part.Group, part.Version, part.Hops))], Ordered(data.Breakdown.Errors)),
        Timeline = new TimelineData([.. data.Timeline.Stretches.Select(one => one with { Errors = Ordered(one.Errors) })]),
    };

    private static IReadOnlyList<ErrorCount> Ordered(IEnumerable<ErrorCount> errors) =>
        [.. errors.OrderBy(error => (error.Error, error.Status, error.Template, error.Version))];
}
