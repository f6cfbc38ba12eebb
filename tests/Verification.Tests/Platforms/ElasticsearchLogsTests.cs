using System.Text.Json.Nodes;
using Bookinfo.Foundation;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Verification.Tests;

/// <summary>Lines in an Elasticsearch, for which something stands in here that answers as its documentation says.</summary>
public sealed class ElasticsearchLogsTests : IDisposable
{
    private const string Index = "filebeat-*";

    private readonly SampleLedger _ledger = new SampleLedger().Add(20, version: "v1").Add(20, version: "v2");

    /// <summary>How shippers keep a line.</summary>
    private static readonly Dictionary<string, Func<string, JsonObject>> Documents = new()
    {
        ["message"] = line => new JsonObject { ["message"] = line, ["log"] = new JsonObject { ["offset"] = 7 } },
        ["log"] = line => new JsonObject { ["log"] = $"{line}\n", ["stream"] = "stdout" },
        ["json"] = line => new JsonObject { ["json"] = JsonNode.Parse(line), ["message"] = "" },
        ["fields"] = line => JsonNode.Parse(line)!.AsObject(),
    };

    public static TheoryData<string> Shapes => [.. Documents.Keys];

    public void Dispose() => _ledger.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_healthy_one_has_a_line_for_each_request_and_service_however_it_is_kept(string shape)
    {
        var run = await _ledger.ExpectAsync();
        await using var platform = await StartAsync(MadeLine.Of(run).Select(line => Documents[shape](line.Text)));
        var result = await CheckAsync(platform.Address, run);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal(run.Counts.Logged.Total.Low, Assert.Single(result.Checks).Seen);
        Assert.Equal($"Elasticsearch at {platform.Address}, {Index}", result.Source);
        Assert.Contains(result.Notes, note => note.Contains("not tried on a real Elasticsearch", StringComparison.Ordinal));
        Assert.EndsWith("/_pit", platform.Asked.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(700)] // It gives fewer than it is asked for.
    public async Task However_many_lines_there_are_none_is_left_out(int most)
    {
        using var ledger = new SampleLedger().Add(2000, version: "v2");
        var run = await ledger.ExpectAsync();
        await using var platform = await StartAsync(MadeLine.Of(run).Select(line => Documents["message"](line.Text)), most);
        var result = await CheckAsync(platform.Address, run);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Equal(8000, Assert.Single(result.Checks).Seen);
    }

    [Fact]
    public async Task Lines_that_are_lost_twice_or_cut_are_found()
    {
        var run = await _ledger.ExpectAsync();
        var lines = MadeLine.Of(run).ConvertAll(line => line.Text);
        await using var platform = await StartAsync(
            lines.Skip(2).Append(lines[0][..^20]).Append(lines[5]).Select(Documents["message"]));
        var findings = Assert.Single((await CheckAsync(platform.Address, run)).Checks).Findings;

        Assert.Equal(
            [(FindingKind.LineCut, 1), (FindingKind.LineLost, 1), (FindingKind.LineTwice, 1)],
            findings.Select(finding => (finding.Kind, finding.Count + finding.Missing + finding.Surplus)));
    }

    [Theory]
    [InlineData(404, """{"error":{"type":"index_not_found_exception"},"status":404}""", "has no index 'filebeat-*'")]
    [InlineData(200, """{"count":0,"_shards":{"total":0,"failed":0}}""", "has no index 'filebeat-*'")]
    [InlineData(200, """{"count":5,"_shards":{"total":5,"failed":1}}""", "answers for some of its shards only")]
    [InlineData(200, "{}", "cannot be read")]
    [InlineData(401, "{}", "it wants to know who asks")]
    public async Task What_is_not_the_whole_answer_is_told(int status, string body, string message)
    {
        await using var platform = await StandIn.StartAsync(_ => StandIn.Text(status, body));
        var address = new UriBuilder(platform.Address) { UserName = "elastic", Password = "secret" }.Uri;
        using var source = new LogSource(new ElasticsearchLogs(address, Index), TimeSpan.Zero, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => source.PrepareAsync(static _ => { }, TestContext.Current.CancellationToken));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_not_whole_is_not_taken_for_all()
    {
        var run = await _ledger.ExpectAsync();
        await using var platform = await StandIn.StartAsync(request => Task.FromResult(
            request.Path == "/_search" ? StandIn.Text(200, """{"timed_out":true,"hits":{"hits":[]}}""") : Known(request, 100)));
        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync(platform.Address, run));
        Assert.Contains("answers for some of its shards only", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_gives_the_same_page_again_is_not_asked_for_ever()
    {
        var run = await _ledger.ExpectAsync();
        var searches = 0;
        await using var platform = await StandIn.StartAsync(request => Task.FromResult(
            request.Path != "/_search" ? Known(request, 100)
            : Interlocked.Increment(ref searches) > 3 ? StandIn.Text(200, """{"hits":{"hits":[]}}""")
            : StandIn.Text(200, """{"hits":{"hits":[{"_source":{},"sort":[7]}]}}""")));

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => CheckAsync(platform.Address, run));
        Assert.StartsWith(
            $"no Elasticsearch answers at {platform.Address}: its answer to '/_search' cannot be read: ", failure.Message,
            StringComparison.Ordinal);
    }

    private static async Task<SignalResult> CheckAsync(Uri address, RunExpectation run)
    {
        var token = TestContext.Current.CancellationToken;
        using var source = new LogSource(new ElasticsearchLogs(address, Index), TimeSpan.Zero, TimeProvider.System);
        await source.PrepareAsync(static _ => { }, token);
        return await source.CheckAsync(run, static _ => { }, token);
    }

    private static Task<StandIn> StartAsync(IEnumerable<JsonObject> documents, int most = 10_000)
    {
        var texts = documents.Select(document => document.ToJsonString()).ToList();
        var searches = 0;
        return StandIn.StartAsync(async request =>
        {
            if (request.Path != "/_search")
            {
                searches = 0;
                return Known(request, texts.Count);
            }

            var question = (await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted))!;
            // Each answer names the point in time anew.
            Assert.Equal(searches == 0 ? "first" : $"after {searches}", question["pit"]!["id"]!.GetValue<string>());
            Assert.StartsWith("2026-01-02T03:03:35", question["query"]!["range"]!["@timestamp"]!["gte"]!.GetValue<string>());
            var after = question["search_after"]?[0]!.GetValue<int>() ?? -1;
            var size = Math.Min(question["size"]!.GetValue<int>(), most);
            var hits = texts.Index().Skip(after + 1).Take(size).Select(one =>
                new JsonObject { ["_source"] = JsonNode.Parse(one.Item), ["sort"] = new JsonArray(one.Index) });
            return StandIn.Json(new JsonObject
            {
                ["pit_id"] = $"after {++searches}",
                ["timed_out"] = false,
                ["_shards"] = new JsonObject { ["total"] = 1, ["failed"] = 0 },
                ["hits"] = new JsonObject { ["hits"] = new JsonArray([.. hits]) },
            });
        });
    }

    private static IResult Known(HttpRequest request, int count) => request switch
    {
        { Method: "POST", Path.Value: $"/{Index}/_count" } => StandIn.Json(new JsonObject
        {
            ["count"] = count,
            ["_shards"] = new JsonObject { ["total"] = 1, ["failed"] = 0 },
        }),
        { Method: "POST", Path.Value: $"/{Index}/_pit" } => StandIn.Json(new JsonObject { ["id"] = "first" }),
        { Method: "DELETE", Path.Value: "/_pit" } => StandIn.Json(new JsonObject { ["succeeded"] = true }),
        _ => StandIn.Text(400, "unknown"),
    };
}
