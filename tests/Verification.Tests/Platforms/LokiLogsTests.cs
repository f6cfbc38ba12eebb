using System.Globalization;
using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>Lines in a Loki, for which something stands in here that answers as its documentation says.</summary>
public sealed class LokiLogsTests : IDisposable
{
    private readonly SampleLedger _ledger = new SampleLedger().Add(20, version: "v1").Add(20, version: "v2");

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public async Task A_healthy_one_has_a_line_for_each_request_and_service()
    {
        var run = await _ledger.ExpectAsync();
        await using var loki = await StartAsync(MadeLine.Of(run));
        var result = await CheckAsync(loki.Address, run);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal(run.Counts.Logged.Total.Low, Assert.Single(result.Checks).Seen);
        Assert.Equal($"Loki at {loki.Address}, {{namespace=\"bookinfo\"}}", result.Source);
        Assert.Contains(result.Notes, note => note.Contains("not tried on a real Loki", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2000, 5000, false)] // It gives as many as it is asked for.
    [InlineData(300, 400, true)] // It refuses to give so many.
    [InlineData(100, 7, false)] // It gives fewer, and does not say so.
    public async Task However_many_lines_there_are_none_is_left_out(int requests, int most, bool refuses)
    {
        using var ledger = new SampleLedger().Add(requests, version: "v2");
        var run = await ledger.ExpectAsync();
        // Many lines have the same time, at which an answer may end.
        var lines = MadeLine.Of(run).ConvertAll(line => line with { Time = line.Time / 1_000_000 * 1_000_000 });
        await using var loki = await StartAsync(lines, most, refuses);
        var result = await CheckAsync(loki.Address, run);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal(requests * 4, Assert.Single(result.Checks).Seen);
    }

    [Fact]
    public async Task More_lines_of_one_nanosecond_than_it_gives_are_not_taken_for_all()
    {
        var run = await _ledger.ExpectAsync();
        var lines = MadeLine.Of(run);
        await using var loki = await StartAsync(
            [.. Enumerable.Range(0, 5001).Select(number => lines[0] with { Text = $"{number}" }), .. lines]);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync(loki.Address, run));
        Assert.Contains("has more lines of the nanosecond", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_are_lost_or_twice_are_found()
    {
        var run = await _ledger.ExpectAsync();
        var lines = MadeLine.Of(run);
        // It keeps one of two equal lines of the same time, but not of two times.
        await using var loki = await StartAsync([.. lines.Skip(1), lines[5], lines[6] with { Time = lines[6].Time + 1 }]);
        var findings = Assert.Single((await CheckAsync(loki.Address, run)).Checks).Findings;

        Assert.Equal(
            [(FindingKind.LineLost, 1), (FindingKind.LineTwice, 1)],
            findings.Select(finding => (finding.Kind, finding.Missing + finding.Surplus)));
    }

    [Fact]
    public async Task A_query_that_it_refuses_is_shown_with_the_reason()
    {
        await using var loki = await StandIn.StartAsync(_ => StandIn.Text(400, "parse error at line 1, col 2: syntax error\n"));
        using var source = new LogSource(new LokiLogs(loki.Address, "{"), TimeSpan.Zero, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
        Assert.Equal($"Loki at {loki.Address} refuses '{{': parse error at line 1, col 2: syntax error.", failure.Message);
    }

    [Fact]
    public async Task What_does_not_answer_or_with_something_else_is_told()
    {
        using var nobody = new ClosedPort();
        await using var other = await StandIn.StartAsync(_ => StandIn.Text(200, """{"status":"success","data":{}}"""));
        foreach (var address in new[] { nobody.Address, other.Address })
        {
            using var source = new LogSource(new LokiLogs(address, LokiLogs.UsualQuery), TimeSpan.Zero, TimeProvider.System);
            var failure = await Assert.ThrowsAsync<OperationFailedException>(
                () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
            Assert.StartsWith($"no Loki answers at {address}: ", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("null", "[]")]
    [InlineData("\"2\"", "[[]]")]
    [InlineData("\"2\"", "[[\"1767323045000000000\"]]")]
    [InlineData("\"2\"", "[[null,\"x\"]]")]
    [InlineData("\"2\"", "[[\"1767323045000000000\",null]]")]
    [InlineData("\"2\"", "[[\"1\",\"x\"]]")] // It does not look at the time that it is asked for, and would give the same for ever.
    public async Task Lines_that_lack_something_or_come_from_before_cannot_be_read(string count, string values)
    {
        var run = await _ledger.ExpectAsync();
        await using var loki = await StandIn.StartAsync(_ => StandIn.Text(
            200, "{\"data\":{\"result\":[{\"stream\":{},\"value\":[1," + count + "],\"values\":" + values + "}]}}"));

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync(loki.Address, run));
        Assert.StartsWith(
            $"no Loki answers at {loki.Address}: its answer to '/loki/api/v1/query", failure.Message, StringComparison.Ordinal);
        Assert.Contains(" cannot be read: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_come_late_are_waited_for()
    {
        var run = await _ledger.ExpectAsync();
        var lines = MadeLine.Of(run);
        var shown = lines.Take(10).ToList();
        await using var loki = await StandIn.StartAsync(request => Answer(request, shown, 5000, refuses: false));
        var time = new FakeTimeProvider(run.End);
        using var source = new LogSource(new LokiLogs(loki.Address, LokiLogs.UsualQuery), Eventually.Never, time);
        var checking = source.CheckAsync(run, static _ => { }, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            "It was not asked.", () => loki.Asked.Any(path => path.Contains("direction=forward", StringComparison.Ordinal)));
        shown = lines;
        await Eventually.HoldsAsync("It waits for ever.", () =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return checking.IsCompleted;
        });

        Assert.Equal(VerificationVerdict.Exact, (await checking).Verdict);
    }

    private static async Task<SignalResult> CheckAsync(Uri address, RunExpectation run)
    {
        var token = TestContext.Current.CancellationToken;
        using var source = new LogSource(new LokiLogs(address, LokiLogs.UsualQuery), TimeSpan.Zero, TimeProvider.System);
        await source.PrepareAsync(static _ => { }, token);
        return await source.CheckAsync(run, static _ => { }, token);
    }

    private static Task<StandIn> StartAsync(List<MadeLine> lines, int most = 5000, bool refuses = false) =>
        StandIn.StartAsync(request => Answer(request, lines, most, refuses));

    private static IResult Answer(HttpRequest request, List<MadeLine> lines, int most, bool refuses)
    {
        if (request.Path == "/loki/api/v1/query")
        {
            Assert.Matches(@"^sum\(count_over_time\(\{namespace=""bookinfo""\} \[[0-9]+s\]\)\)$", request.Query["query"].ToString());
            return Result("vector", new JsonArray(new JsonObject { ["value"] = new JsonArray(1.5, $"{lines.Count}") }));
        }

        Assert.Equal("/loki/api/v1/query_range", request.Path);
        Assert.Equal(LokiLogs.UsualQuery, request.Query["query"]);
        var limit = (int)Number(request, "limit", 100);
        if (limit > most && refuses)
        {
            return StandIn.Text(400, $"max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {most})");
        }

        var (start, end) = (Number(request, "start", 0), Number(request, "end", long.MaxValue));
        var page = lines.Distinct().Where(line => line.Time >= start && line.Time < end).OrderBy(line => line.Time)
            .Take(Math.Min(limit, most));
        return Result("streams", new JsonArray([.. page.GroupBy(line => line.Service).Select(stream => new JsonObject
        {
            ["stream"] = new JsonObject { ["namespace"] = "bookinfo", ["app"] = stream.Key },
            ["values"] = new JsonArray(
                [.. stream.Select(line => new JsonArray(line.Time.ToString(CultureInfo.InvariantCulture), line.Text))]),
        })]));
    }

    private static IResult Result(string type, JsonArray result) => StandIn.Json(new JsonObject
    {
        ["status"] = "success",
        ["data"] = new JsonObject { ["resultType"] = type, ["result"] = result },
    });

    private static long Number(HttpRequest request, string name, long usual) =>
        request.Query.TryGetValue(name, out var text) ? long.Parse(text.ToString(), CultureInfo.InvariantCulture) : usual;
}
