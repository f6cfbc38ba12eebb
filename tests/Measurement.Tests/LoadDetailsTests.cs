using System.Text.Json;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement.Tests;

/// <summary>What <c>load</c> reports by kind, by version and by hop, as figures and as text.</summary>
public sealed class LoadDetailsTests
{
    private const byte V1 = 1;
    private const byte V2 = 2;

    /// <summary>Reviews that should be there and are not.</summary>
    private static readonly byte Missing = BookinfoAnswers.Usual.MissingVersion;

    private static readonly RateProfile Constant = new ConstantProfile(100, 10);

    [Fact]
    public void Kinds_have_their_own_latencies_and_errors_with_their_paths()
    {
        var run = Mixed();
        for (var request = 0; request < 1000; request++)
        {
            run.Add(request / 100.0, milliseconds: 10, template: 0);
            run.Add(request / 100.0, milliseconds: 20, template: 1);
            run.Add(
                request / 100.0, milliseconds: 1, template: 2 + (request % 2), error: request < 30 ? ErrorKind.Status : ErrorKind.None,
                status: request < 30 ? (ushort)503 : (ushort)200);
        }

        var report = run.Report;

        Assert.Equal(
            [("visitor", 1000, 0), ("user", 1000, 0), ("api", 1000, 30)],
            report.Kinds!.Select(kind => (kind.Name, (int)kind.Requests, (int)kind.Failed)));
        Assert.Equal(
            [10_000, 20_000, 1000], report.Kinds!.Select(kind => (double)kind.FromDue.P95!), (one, other) => Math.Abs(one - other) < 20);
        Assert.Equal(
            [("status 503", "api", "/api/a", 15L), ("status 503", "api", "/api/b", 15L)],
            report.ErrorPaths!.Select(error => (error.Error, error.Kind, error.Path, error.Count)));
        var lines = LoadText.Report(report);
        Assert.Contains(lines, line => line.StartsWith("page, by visitors ", StringComparison.Ordinal));
        Assert.Contains("ERRORS             30    1.00%  status 503", lines);
        Assert.Contains("                   15    0.50%    GET /api/a", lines);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 79));
    }

    [Fact]
    public void Of_one_kind_there_is_no_table() =>
        Assert.DoesNotContain(LoadText.Report(Filled().Report), line => line.StartsWith("KIND", StringComparison.Ordinal));

    [Fact]
    public void Paths_that_the_user_named_are_kinds_of_their_own()
    {
        var run = new LoadRun(Constant, (RequestKind.Path, "/a"), (RequestKind.Path, "/b"));
        run.Add(0, 1, template: 0);
        run.Add(0, 1, template: 1);

        Assert.Equal(["/a", "/b"], run.Report.Kinds!.Select(kind => kind.Name));
    }

    [Fact]
    public void Reviews_that_did_not_come_are_a_share_and_stay_in_the_denominator()
    {
        var run = new LoadRun(Constant);
        foreach (var (version, count) in new[] { (V1, 10), (V2, 5), ((byte)3, 10), ((byte)4, 3), (Missing, 12) })
        {
            for (var request = 0; request < count; request++)
            {
                run.Add(
                    request, 5, version: version, error: version == Missing ? ErrorKind.FirstFlaw + 1 : ErrorKind.None);
            }
        }

        var versions = run.Report.Versions!;

        Assert.Equal(
            [("v1", 0.25), ("v2", 0.125), ("v3", 0.25), ("other", 0.075), ("missing", 0.3)],
            versions.Select(version => (version.Name, version.Share)));
        Assert.Equal([KeyValuePair.Create("page without reviews", 12L)], versions[^1].Errors);
        Assert.Contains("REVIEWS     v1 25.0%   v2 12.5%   v3 25.0%   other 7.5%   missing 30.0%", LoadText.Totals(run.Result.Total));
        Assert.Equal("missing", Assert.Single(run.Report.ErrorPaths!).Version);
    }

    [Fact]
    public void No_hop_takes_longer_than_what_it_is_part_of()
    {
        // v1 is fast and calls nobody; v2 is slow and calls ratings. Over all, ratings would be slower than reviews at the median.
        var run = new LoadRun(Constant);
        for (var request = 0; request < 1000; request++)
        {
            var fast = request % 10 < 7;
            run.Add(
                request / 100.0, milliseconds: fast ? 4 : 30, version: fast ? V1 : V2,
                hops: fast ? Hops(1000, 2000, null, 3000) : Hops(1000, 21_000, 19_000, 25_000));
        }

        var groups = run.Report.HopGroups!;

        Assert.Equal(
            [("page", "v1", 700L), ("page", "v2", 300L)],
            groups.Select(group => (group.Name, group.Versions.Single(), group.Requests)));
        Assert.All(groups, group =>
        {
            Assert.All(group.Hops.Values, hop => Assert.Equal(group.Requests, hop.Count));
            AssertPart(group.Hops["reviews"], group.Hops["total"]);
            AssertPart(group.Hops["total"], group.FromSend);
        });
        Assert.False(groups[0].Hops.ContainsKey("ratings"));
        AssertPart(groups[1].Hops["ratings"], groups[1].Hops["reviews"]);
        Assert.Contains(
            "Hops of page, reviews v2: 300 requests, as Server-Timing reports them", LoadText.Report(run.Report));
    }

    [Theory]
    [InlineData(19, "-", "-", "-", "-", "-")]
    [InlineData(20, "5.00 ms", "-", "-", "-", "-")]
    [InlineData(100, "5.00 ms", "5.00 ms", "-", "-", "-")]
    [InlineData(200, "5.00 ms", "5.00 ms", "5.00 ms", "-", "-")]
    [InlineData(999, "5.00 ms", "5.00 ms", "5.00 ms", "-", "-")]
    [InlineData(1000, "5.00 ms", "5.00 ms", "5.00 ms", "5.00 ms", "-")]
    [InlineData(10_000, "5.00 ms", "5.00 ms", "5.00 ms", "5.00 ms", "5.00 ms")]
    public void No_percentile_is_printed_that_fewer_than_ten_requests_lie_beyond(int requests, params string[] percentiles)
    {
        var run = new LoadRun(Constant);
        for (var request = 0; request < requests; request++)
        {
            run.Add(request * 10.0 / requests, milliseconds: 5);
        }

        var lines = LoadText.Report(run.Report);

        var row = Assert.Single(lines, line => line.StartsWith("from due time", StringComparison.Ordinal));
        Assert.Equal(
            [.. percentiles, "5.00 ms"],
            row["from due time".Length..].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(
            requests < 10_000, lines.Contains("- stands for a percentile that fewer than 10 requests lie beyond."));
    }

    [Fact]
    public void What_a_dash_stands_for_is_said_of_percentiles_only()
    {
        var run = new LoadRun(Constant, (RequestKind.Path, "/a - b"), (RequestKind.Path, "/c"));
        for (var request = 0; request < 20_000; request++)
        {
            run.Add(request * 10.0 / 20_000, milliseconds: 5, template: request % 2);
        }

        var lines = LoadText.Report(run.Report);

        Assert.Contains(lines, line => line.StartsWith("/a - b ", StringComparison.Ordinal));
        Assert.DoesNotContain(LoadText.TooFew, lines);
    }

    [Fact]
    public void The_status_is_told_even_if_there_is_none()
    {
        var run = new LoadRun(Constant);
        run.Add(0, 5, error: ErrorKind.Timeout, status: 0);

        Assert.Contains("STATUS      no answer", LoadText.Report(run.Report));
    }

    [Fact]
    public void Json_has_all_of_it_and_the_fields_of_before_as_they_were()
    {
        var json = JsonSerializer.SerializeToElement(Filled().Report, LoadJson.Default.LoadReport);

        Assert.Equal(1, json.GetProperty("version").GetInt32());
        Assert.Equal(1000, json.GetProperty("fromDue").GetProperty("count").GetInt64());
        Assert.Equal(json.GetProperty("fromDue").GetProperty("p90").GetInt64(), json.GetProperty("fromDue").GetProperty("p95").GetInt64());
        foreach (var field in new[] { "verdict", "conditions", "phases", "kinds", "versions", "hopGroups", "errorPaths" })
        {
            Assert.Equal(JsonValueKind.Array, json.GetProperty(field).ValueKind);
        }

        Assert.Equal("1st quarter", json.GetProperty("phases")[0].GetProperty("name").GetString());
        Assert.Equal(100, json.GetProperty("phases")[0].GetProperty("asked").GetDouble());
    }

    private static LoadRun Filled()
    {
        var run = new LoadRun(Constant);
        run.Fill(static _ => 5);
        return run;
    }

    private static LoadRun Mixed() => new(
        Constant, (RequestKind.Visitor, "/productpage"), (RequestKind.User, "/productpage"), (RequestKind.Api, "/api/a"),
        (RequestKind.Api, "/api/b"));

    private static void AssertPart(Percentiles part, Percentiles whole)
    {
        static IEnumerable<long> All(Percentiles times) => [times.P50, times.P90, times.P95!.Value, times.P99, times.P999, times.Max];
        Assert.All(All(part).Zip(All(whole)), pair => Assert.InRange(pair.First, 0, pair.Second));
    }

    private static HopTimes Hops(params uint?[] microseconds)
    {
        var times = HopTimes.None;
        foreach (var (hop, time) in microseconds.Index())
        {
            times[hop] = time ?? HopTimes.Unknown;
        }

        return times;
    }
}
