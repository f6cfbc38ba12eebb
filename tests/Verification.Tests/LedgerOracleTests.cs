using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Verification.Tests;

/// <summary>What must be seen of a run, from its ledger: exactly where the answers tell it, and within bounds where not.</summary>
public sealed class LedgerOracleTests
{
    [Fact]
    public async Task A_page_is_counted_by_everything_that_answers_a_part_of_it()
    {
        using var ledger = new SampleLedger().Add(5, version: "v1").Add(7, version: "v2");
        var run = await ledger.ExpectAsync();

        Assert.Equal((12, 0, 0), (run.Requests, run.Unknown, run.NeverSent));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), run.Start);
        Assert.Equal(TimeSpan.FromMilliseconds(17), run.End - run.Start);
        Assert.Equal(
            [
                "details v1 | GET /details/{id?} 200: 12", "productpage v1 | GET /productpage 200: 12",
                "ratings v1 | GET /ratings/{id?} 200: 7",
                "reviews v1 | GET /reviews/{id} 200: 5", "reviews v2 | GET /reviews/{id} 200: 7",
            ],
            Exact(run.Counts.Served));
        Assert.Equal(Exact(run.Counts.Served), Exact(run.Counts.Logged));
        Assert.Equal(
            [
                "productpage v1 -> details | GET status=200 error=: 12", "productpage v1 -> reviews | GET status=200 error=: 12",
                "reviews v2 -> ratings | GET status=200 error=: 7",
            ],
            Exact(run.Counts.Tried));
        Assert.Equal(["details 200: 12", "reviews 200: 12"], Exact(run.Counts.Results));
        // A first try of reviews may have failed, and no page shows that.
        Assert.Equal(["productpage v1 -> reviews | GET status=* error=(failed): 0 to 12"], Bounds(run.Counts.Tried));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    [InlineData("v3")]
    public async Task The_spans_of_a_page_are_those_that_the_contract_says(string version)
    {
        using var ledger = new SampleLedger().Add(1, version: version);
        var trace = Assert.Single((await ledger.ExpectAsync()).Traces);

        Assert.True(trace.Fate.Request!.IsKnown);
        Assert.Contains(trace.Fate.Request.ToSpans(), Consequences.TreesOfPage());
        Assert.Equal(16, trace.ParentId.Length);
    }

    [Fact]
    public async Task Requests_without_calls_count_once()
    {
        using var ledger = new SampleLedger("/", "/static/shop.css", "/nothing", "/health", "/login", "/api/v1/products", "/ratings/x")
            .Add(1, path: 0).Add(2, path: 1).Add(3, path: 2, status: 404, error: ErrorKind.Status).Add(4, path: 3)
            .Add(5, path: 4, status: 405, error: ErrorKind.Status).Add(6, path: 5)
            .Add(7, path: 6, status: 400, error: ErrorKind.Status);
        var run = await ledger.ExpectAsync();

        Assert.Equal(24, run.Requests);
        Assert.Equal(
            [
                "productpage v1 | GET (none) 404: 3", "productpage v1 | GET (none) 405: 5", "productpage v1 | GET / 200: 1",
                "productpage v1 | GET /api/v1/products 200: 6", "productpage v1 | GET /static/{name} 200: 2",
                "ratings v1 | GET /ratings/{id?} 400: 7",
            ],
            Exact(run.Counts.Served));
        Assert.Empty(run.Counts.Tried.Ranges);
    }

    [Fact]
    public async Task Without_ratings_the_call_has_ended_in_some_way()
    {
        using var ledger = new SampleLedger().Add(4, version: "v3", flaw: "reviews without ratings");
        var run = await ledger.ExpectAsync();

        Assert.Equal(0, run.Unknown);
        Assert.Contains("reviews v3 | GET /reviews/{id} 200: 4", Exact(run.Counts.Served));
        Assert.Contains("reviews v3 -> ratings | GET status=* error=*: 4", Bounds(run.Counts.Tried));
        Assert.Contains("ratings * | GET /ratings/{id?} *: 0 to 4", Bounds(run.Counts.Served));
    }

    [Fact]
    public async Task Without_reviews_one_try_has_ended_in_some_way_and_another_may_have_failed_before()
    {
        using var ledger = new SampleLedger().Add(3, version: "missing", flaw: "page without reviews");
        var run = await ledger.ExpectAsync();

        Assert.Equal(["productpage v1 | GET /productpage 200: 3"], Exact(run.Counts.Served));
        // A 200 with a body that is of no use counts as 200, and is not tried again.
        Assert.Equal(["details *: 3", "reviews *: 3"], Bounds(run.Counts.Results));
        Assert.Equal(
            [
                "productpage v1 -> details | GET status=* error=*: 3",
                "productpage v1 -> reviews | GET status=* error=(failed): 0 to 3", "productpage v1 -> reviews | GET status=* error=*: 3",
                "reviews * -> ratings | GET status=* error=*: 0 to 6",
            ],
            Bounds(run.Counts.Tried));
        Assert.Contains("reviews * | GET /reviews/{id} *: 0 to 6", Bounds(run.Counts.Served));
    }

    [Fact]
    public async Task A_call_that_took_longer_than_a_try_was_tried_twice()
    {
        using var ledger = new SampleLedger().Add(2, version: "v1", reviews: 3.2);
        var run = await ledger.ExpectAsync();

        Assert.Contains("productpage v1 -> reviews | GET status=* error=(failed): 2", Bounds(run.Counts.Tried));
        Assert.Contains("productpage v1 -> reviews | GET status=200 error=: 2", Exact(run.Counts.Tried));
    }

    [Theory]
    [InlineData(
        "/api/v1/products/x", 400, "details v1 | GET /details/{id?} 400: 2",
        "productpage v1 -> details | GET status=400 error=400: 2")]
    [InlineData("/api/v1/products/x/reviews", 404, null, "productpage v1 -> reviews | GET status=404 error=404: 4")]
    public async Task An_id_that_is_no_number_is_refused_by_the_backend(string path, int status, string? served, string tried)
    {
        using var ledger = new SampleLedger(path).Add(2, status: status, error: ErrorKind.Status);
        var run = await ledger.ExpectAsync();

        Assert.Equal(0, run.Unknown);
        Assert.Equal([tried], Exact(run.Counts.Tried));
        Assert.Empty(Bounds(run.Counts.Tried));
        if (served is not null)
        {
            Assert.Contains(served, Exact(run.Counts.Served));
        }
    }

    [Theory]
    [InlineData(0, ErrorKind.Timeout)]
    [InlineData(0, ErrorKind.Closed)]
    [InlineData(0, ErrorKind.Interrupted)]
    [InlineData(503, ErrorKind.Status)]
    public async Task Of_what_was_not_answered_nobody_knows_whether_it_came_there(int status, ErrorKind error)
    {
        using var ledger = new SampleLedger().Add(9, version: "v1").Add(2, version: "missing", status: status, error: error);
        var run = await ledger.ExpectAsync();

        Assert.Equal((11, 2), (run.Requests, run.Unknown));
        Assert.Contains("productpage v1 | GET /productpage 200: 9", Exact(run.Counts.Served));
        Assert.Contains("productpage v1 | GET /productpage *: 0 to 2", Bounds(run.Counts.Served));
        Assert.Contains("productpage v1 -> reviews | GET status=* error=*: 0 to 4", Bounds(run.Counts.Tried));
        Assert.Contains("ratings * | GET /ratings/{id?} *: 0 to 4", Bounds(run.Counts.Served));
    }

    [Fact]
    public async Task What_found_nobody_to_take_it_is_counted_nowhere()
    {
        using var ledger = new SampleLedger().Add(1, version: "v1").Add(3, status: 0, error: ErrorKind.Refused);
        var run = await ledger.ExpectAsync();

        Assert.Equal((1, 0, 3), (run.Requests, run.Unknown, run.NeverSent));
        Assert.Contains("productpage v1 | GET /productpage 200: 1", Exact(run.Counts.Served));
    }

    [Fact]
    public async Task Latencies_lie_between_what_the_service_says_and_what_the_visitor_waited()
    {
        // 4 ms in the service, 6 ms for the visitor.
        using var ledger = new SampleLedger().Add(1000, version: "v1");
        var bounds = Assert.Single((await ledger.ExpectAsync()).Latency).Value;

        Assert.Equal(1000, bounds.Count);
        Assert.Equal(new CountRange(0, 55), bounds.UpTo(2));
        Assert.Equal(new CountRange(0, 1000), bounds.UpTo(3));
        Assert.Equal(new CountRange(945, 1000), bounds.UpTo(4));
        Assert.Equal((3, 4), bounds.BucketsOf(0.5));
    }

    [Fact]
    public async Task A_ledger_may_have_any_length()
    {
        var (few, many) = (await AllocatedAsync(1_000), await AllocatedAsync(50_000));
        Assert.InRange(many, 0, few + 100_000);

        static async Task<long> AllocatedAsync(int requests)
        {
            using var ledger = new SampleLedger().Add(requests, version: "v2");
            var oracle = await ledger.WriteAsync();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(requests, oracle.Expect(CancellationToken.None).Requests);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task A_ledger_that_was_cut_off_is_refused()
    {
        using var ledger = new SampleLedger().Add(10, version: "v1");
        var oracle = await ledger.WriteAsync();
        await using (var file = new FileStream(ledger.File, FileMode.Open))
        {
            file.SetLength(file.Length - 60);
        }

        var failure = Assert.Throws<OperationFailedException>(() => oracle.Expect(TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.Contains("was cut off", failure.Message);
    }

    [Theory]
    [InlineData(1, 1, "is of a request that its header does not have")]
    [InlineData(0, 32, "has times that cannot be")]
    public async Task Records_that_cannot_be_are_told(int path, int days, string problem)
    {
        using var ledger = new SampleLedger { Interval = TimeSpan.FromDays(days) }.Add(2, path);
        var oracle = await ledger.WriteAsync();

        var failure = Assert.Throws<OperationFailedException>(() => oracle.Expect(TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.Equal($"'{ledger.File}' is a broken ledger: a record of it {problem}.", failure.Message);
    }

    private static IEnumerable<string> Exact<TKey>(Counts<TKey> counts)
        where TKey : ICountKey => Lines(counts, isPattern: false);

    private static IEnumerable<string> Bounds<TKey>(Counts<TKey> counts)
        where TKey : ICountKey => Lines(counts, isPattern: true);

    private static IEnumerable<string> Lines<TKey>(Counts<TKey> counts, bool isPattern)
        where TKey : ICountKey => counts.Ranges.Where(pair => KeyPattern.Is(pair.Key) == isPattern)
            .Select(pair => $"{pair.Key}: {pair.Value}").Order(StringComparer.Ordinal);
}
