using Bookinfo.ToolTesting;
using Bookinfo.Traffic;

namespace Bookinfo.Load.Tests;

/// <summary>Requests by what was sent, by the version that answered and by hops.</summary>
public sealed class LoadBreakdownTests
{
    [Fact]
    public void Parts_have_their_own_requests_and_errors_their_template()
    {
        var breakdown = new LoadBreakdown(Mix(
            (RequestKind.Setup, "/login"), (RequestKind.Visitor, "/productpage"), (RequestKind.User, "/productpage"),
            (RequestKind.User, "/productpage"), (RequestKind.Path, "/a"), (RequestKind.Path, "/b")));
        breakdown.Add(Request(template: 0) with { Index = -1 });
        breakdown.Add(Request(template: 1, version: 2, hops: 3));
        breakdown.Add(Request(template: 2, version: 2, hops: 4));
        breakdown.Add(Request(template: 3, version: 2, hops: 4, error: ErrorKind.Status, status: 503));
        breakdown.Add(Request(template: 4));
        breakdown.Add(Request(template: 5));

        Assert.Equal(
            [("Visitor", null), ("User", null), ("Path", "/a"), ("Path", "/b")],
            breakdown.Groups.Skip(1).Select(group => ($"{group.Kind}", group.Path)));
        Assert.Equal(
            [(1, 2, 0b11, 1L), (2, 2, 0b100, 2L), (3, 0, 0, 1L), (4, 0, 0, 1L)],
            breakdown.Parts.Select(part => (part.Group, (int)part.Version, (int)part.Hops, part.Sent)));
        Assert.Equal(1, breakdown.Parts.Sum(part => part.Failed));
        Assert.Equal(new ErrorCount(ErrorKind.Status, 503, 3, 2, 1), Assert.Single(breakdown.Errors));
        Assert.Equal(0, breakdown.Parts.First()[2]?.TotalCount ?? 0);
        Assert.Equal(1, breakdown.Parts.First()[1]!.TotalCount);
    }

    [Theory]
    [InlineData(256, "/255")]
    [InlineData(257, LoadBreakdown.OtherPaths)]
    [InlineData(300, LoadBreakdown.OtherPaths)]
    public void Of_very_many_paths_the_last_are_told_together_and_not_as_one_of_the_first(int paths, string last)
    {
        var breakdown = new LoadBreakdown(Mix([.. Enumerable.Range(0, paths).Select(path => (RequestKind.Path, $"/{path}"))]));

        for (var template = 0; template < paths; template++)
        {
            breakdown.Add(Request(template));
        }

        Assert.Equal(256, breakdown.Groups.Count);
        Assert.Equal(last, breakdown.Groups[^1].Path);
        Assert.Equal(
            Enumerable.Range(0, 256).Select(group => (group, group == 255 ? paths - 255L : 1)),
            breakdown.Parts.Select(part => (part.Group, part.Sent)));
        Assert.Equal(255, breakdown.GroupOf(paths - 1));
    }

    [Fact]
    public void A_server_that_reports_other_hops_each_time_does_not_fill_the_memory()
    {
        AnswerHop[] hops = [.. Enumerable.Range(0, HopTimes.Most).Select(hop => new AnswerHop($"h{hop}", $"h{hop}"))];
        var breakdown = new LoadBreakdown(new TrafficMix(
            [(new RequestTemplate(RequestKind.Path, "host", "/", []), 1)], new AnswerModel(hops, [], [])));

        for (var mask = 0; mask < 256; mask++)
        {
            breakdown.Add(Request(template: 0, hops: mask));
        }

        Assert.InRange(breakdown.Parts.Count, 2, 65);
        Assert.Equal(256, breakdown.Parts.Sum(part => part.Sent));
    }

    [Theory]
    [InlineData("/productpage?u=normal", true)]
    [InlineData("/api/v1/products/0/reviews", true)]
    [InlineData("/reviews/0", true)]
    [InlineData("/api/v1/products/0/ratings", false)]
    [InlineData("/static/productpage", false)]
    public async Task Reviews_that_should_be_there_and_are_not_are_a_version_of_their_own(string path, bool hasReviews)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var plan = LoadRunner.Plan(server.Address, rate: 50, seconds: 0.1);
        var setup = new BookinfoTraffic(
            plan.Target, [], traceSeed: 1, TimeSpan.FromSeconds(10), BookinfoAnswers.Usual, TimeProvider.System);

        var result = await LoadRunner.RunAsync(plan with { Mix = await setup.PathsAsync([path], TestContext.Current.CancellationToken) });

        Assert.Equal(hasReviews ? [KeyValuePair.Create("missing", 5L)] : [], result.Total.Versions());
    }

    [Fact]
    public async Task What_is_compressed_is_not_examined_and_so_not_missing()
    {
        await using var server = new LoadServer(LoadServer.Ok("x", "Content-Type: text/html\r\nContent-Encoding: gzip\r\n"));
        var plan = LoadRunner.Plan(server.Address, rate: 50, seconds: 0.1);
        var setup = new BookinfoTraffic(
            plan.Target, [], traceSeed: 1, TimeSpan.FromSeconds(10), BookinfoAnswers.Usual, TimeProvider.System);

        var result = await LoadRunner.RunAsync(
            plan with { Mix = await setup.PathsAsync(["/productpage"], TestContext.Current.CancellationToken) });

        Assert.Equal((5L, 0), (result.Total.Good, result.Total.Versions().Count));
    }

    [Fact]
    public async Task What_was_never_sent_is_counted_in_the_phase_in_which_it_was_due()
    {
        // One connection, and a server that answers only when the run is over: all but the first request are never sent.
        using var over = new SemaphoreSlim(0);
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await over.WaitAsync(cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        var plan = LoadRunner.Plan(server.Address, rate: 20, seconds: 1, connections: 1, timeoutSeconds: 1.2) with
        {
            Profile = new StepsProfile(40, 2, 1),
        };

        var result = await LoadRunner.RunAsync(plan);

        Assert.Equal(30, result.Due);
        Assert.Equal(result.Unsent, result.UnsentByPhase.Sum());
        Assert.Equal(20, result.UnsentByPhase[1]);
        Assert.InRange(result.UnsentByPhase[0], 1, 9);
    }

    [Theory]
    [InlineData(ArrivalProcess.Even)]
    [InlineData(ArrivalProcess.Poisson)]
    public async Task What_was_never_sent_is_told_by_kind(ArrivalProcess arrivals)
    {
        // The server answers nothing until the run is over. What would have been sent follows from a run with a server that answers.
        using var over = new SemaphoreSlim(0);
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await over.WaitAsync(cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        var target = LoadRunner.Plan(server.Address, rate: 40, seconds: 1).Target;
        var mix = new TrafficMix(
            [
                (new RequestTemplate(RequestKind.Visitor, target.Host, "/a", []) { ShowsVersion = true }, 1),
                (new RequestTemplate(RequestKind.Asset, target.Host, "/b", []), 2),
            ],
            BookinfoAnswers.Usual);
        var plan = LoadRunner.Plan(server.Address, rate: 40, seconds: 1, connections: 1, timeoutSeconds: 1.2, arrivals: arrivals) with
        {
            Mix = mix,
        };

        var stuck = await LoadRunner.RunAsync(plan);
        over.Release(int.MaxValue / 2);
        var all = await LoadRunner.RunAsync(plan);

        Assert.InRange(stuck.Unsent, 1, stuck.Due - 1);
        Assert.Equal(0, all.Unsent);
        foreach (var kind in new[] { RequestKind.Visitor, RequestKind.Asset })
        {
            Assert.Equal(all.Total.Count(kind), stuck.Total.Count(kind) + stuck.UnsentBy.Of(kind));
        }

        Assert.Equal(stuck.UnsentBy.Of(RequestKind.Visitor), stuck.UnsentBy.ShowingVersion);
    }

    [Fact]
    public void Of_very_many_that_were_never_sent_some_are_looked_at_and_the_parts_add_up()
    {
        var plan = LoadRunner.Plan(new Uri("http://127.0.0.1:1"), rate: 1, seconds: 1) with
        {
            Mix = Mix((RequestKind.Visitor, "/a"), (RequestKind.Api, "/b"), (RequestKind.Asset, "/c")),
        };
        var examined = UnsentRequests.Of(plan, [], Numbers(), 1000);

        var unsent = UnsentRequests.Of(plan, [5, 6], Numbers(), 1_000_000_000_001, examined: 1000);

        Assert.Equal(1_000_000_000_003, unsent.Kinds.Values.Sum());
        Assert.All(unsent.Kinds, kind => Assert.Equal(examined.Of(kind.Key) / 1000.0, kind.Value / 1e12, 6));

        static IEnumerable<long> Numbers()
        {
            for (var number = 0L; ; number++)
            {
                yield return number;
            }
        }
    }

    private static TrafficMix Mix(params (RequestKind Kind, string Path)[] templates) => new(
        [.. templates.Select(template => (new RequestTemplate(template.Kind, "host", template.Path, []), 1.0))], BookinfoAnswers.Usual);

    private static Sample Request(int template, byte version = 0, int hops = 0, ErrorKind error = ErrorKind.None, ushort status = 200)
    {
        var times = HopTimes.None;
        for (var hop = 0; hop < HopTimes.Most; hop++)
        {
            times[hop] = (hops & (1 << hop)) == 0 ? HopTimes.Unknown : 1000;
        }

        return new Sample
        {
            Template = (ushort)template,
            Version = version,
            Hops = times,
            Error = error,
            Status = status,
            Done = 5_000_000,
        };
    }
}
