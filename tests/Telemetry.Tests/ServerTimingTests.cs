using System.Globalization;
using System.Text;
using Bookinfo.Contracts;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>Every answer says in <c>Server-Timing</c> how long its parts took.</summary>
/// <param name="front">A productpage whose reviews answer what a test says.</param>
public sealed class ServerTimingTests(ServerTimingTests.Front front) : IClassFixture<ServerTimingTests.Front>
{
    private const int Views = 6;

    private static readonly ServiceDefinition Reviews = ServiceCatalog.Reviews;

    private static readonly string Format =
        $"^(({string.Join('|', CallGraph.Called)});dur=[0-9]+\\.[0-9]{{2}}, )*total;dur=[0-9]+\\.[0-9]{{2}}$";

    [Fact]
    public async Task Every_kind_of_answer_has_one_with_the_calls_that_it_took()
    {
        await using var system = await TelemetrySystem.StartAsync(protocol: null, InjectedFaults.Rule);
        var page = system.Processes.AddressOf("productpage-v1");
        foreach (var target in (string[])
        [
            "/", "/api/v1/products", "/static/cover.svg", "/static/nothing", "/logout", "/login", "/nothing", "/health", "/health/live",
            "/health/ready", "/metrics",
        ])
        {
            Assert.Equal(["total"], await HopsAsync(page, target, "other"));
        }

        // One after the other, so the versions of reviews come by turns.
        Visit[] visits =
        [
            Visit.Api("7"), Visit.Api("1503"), Visit.Api("1997"), Visit.Api("7", "/ratings"),
            .. Enumerable.Repeat(Visit.Page, Views),
            .. Reviews.Versions.Select(version => new Visit(version.Name, "GET", "/reviews/7", "/reviews/{id}")),
            new("reviews-v3", "GET", "/reviews/1503", "/reviews/{id}"),
            new("details-v1", "GET", "/details/7", "/details/{id?}"),
            new("ratings-v1", "GET", "/ratings/abc", "/ratings/{id?}"),
        ];
        foreach (var (number, visit) in visits.Index())
        {
            var hops = await HopsAsync(system.Processes.AddressOf(visit.Process), visit.Target, $"visit-{number}");
            Assert.Equal(new Consequences(system.VersionsTried(), InjectedFaults.TroubleOf).Of(visit, $"visit-{number}").Timings, hops);
        }

        Assert.Equal(
            Enumerable.Repeat(Reviews.Versions.Select(version => version.Version), Views / Reviews.Versions.Count).SelectMany(all => all)
                .Order(StringComparer.Ordinal),
            system.VersionsTried().SelectMany(tries => tries).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "reviews total")]
    [InlineData("Server-Timing: \r\n", "reviews total")]
    [InlineData("Server-Timing: ratings;dur=1.25, total;dur=2\r\n", "reviews ratings total")]
    [InlineData("Server-Timing: ratings;desc=\"a, b; dur=\\\"\";dur=1.5\r\n", "reviews ratings total")]
    [InlineData("Server-Timing: ratings ; dur = 5.5\r\n", "reviews ratings total")]
    [InlineData("Server-Timing: ratings;Dur=\"2.5\"\r\n", "reviews ratings total")]
    [InlineData("Server-Timing: x;desc=\"ratings;dur=1, ratings;dur=2\"\r\n", "reviews total")]
    [InlineData("Server-Timing: ratings;dur=99999999999999999999999999999999\r\n", "reviews total")]
    [InlineData("Server-Timing: ratings;dur=-1, ratings;dur=NaN\r\n", "reviews total")]
    [InlineData("Server-Timing: ratings;dur=\r\n", "reviews total")]
    [InlineData("Server-Timing: ratings;desc=\"a, b\";dur=<script>\r\n", "reviews total")]
    [InlineData("Server-Timing: details;dur=99, evil;dur=1, \u0001\u0080\r\n", "reviews total")]
    [InlineData("Server-Timing: ratings;dur=1\r\nServer-Timing: ratings;dur=2\r\n", "reviews ratings total")]
    [InlineData("Server-Timing: ,,;;==\r\n", "reviews total")]
    public async Task Whatever_a_backend_says_is_harmless(string header, string expected)
    {
        front.Header = header;
        var page = front.Running.Processes.AddressOf("productpage-v1");
        Assert.Equal(expected.Split(' '), await HopsAsync(page, "/api/v1/products/7/reviews", "other"));
    }

    /// <summary>What is left of a call is the time that the called service says it took, of each caller by itself.</summary>
    [Fact]
    public async Task What_lies_between_a_caller_and_the_called_one_is_counted_by_caller()
    {
        await using var system = await TelemetrySystem.StartAsync(protocol: null);
        for (var view = 0; view < Views; view++)
        {
            await system.GetAsync("productpage-v1", "/productpage", $"x-request-id: view-{view}");
            await system.GetAsync("productpage-v1", "/api/v1/products/7/ratings", $"x-request-id: api-{view}");
        }

        var callers = (await Task.WhenAll(new[] { "productpage-v1", "reviews-v2", "reviews-v3" }.Select(async caller =>
            (Caller: caller, Samples: await system.ScrapeAsync(caller))))).ToDictionary(pair => pair.Caller, pair => pair.Samples);
        double Of(string caller, string metric, string peer) => callers[caller]
            .Where(sample => sample.Name == metric && sample["service_peer_name"] == peer && sample["http_response_status_code"] == "200")
            .Sum(sample => sample.Value);
        (string Caller, string Peer, int Calls)[] edges =
        [
            ("productpage-v1", "details", Views), ("productpage-v1", "reviews", Views), ("productpage-v1", "ratings", Views),
            ("reviews-v2", "ratings", Views / 3), ("reviews-v3", "ratings", Views / 3),
        ];
        Assert.All(edges, edge =>
        {
            Assert.Equal(edge.Calls, Of(edge.Caller, "http_client_request_duration_seconds_count", edge.Peer));
            Assert.Equal(edge.Calls, Of(edge.Caller, "bookinfo_http_client_transit_duration_seconds_count", edge.Peer));
        });

        // To the callers' view of ratings belongs all that ratings took, but for its rounding and the writing of its answers.
        // A request is counted when its answer has been sent, so the last one may be counted after its caller has it.
        var calls = edges.Where(edge => edge.Peer == "ratings").Sum(edge => edge.Calls);
        var served = 0.0;
        await Eventually.HoldsAsync(async () =>
        {
            var samples = await system.ScrapeAsync("ratings-v1");
            served = Sum(samples, "http_server_request_duration_seconds_sum");
            return Sum(samples, "http_server_request_duration_seconds_count") is var counted && counted >= calls
                ? ""
                : $"{counted} are counted.";
        });
        var claimed = edges.Where(edge => edge.Peer == "ratings").Sum(edge =>
            Of(edge.Caller, "http_client_request_duration_seconds_sum", "ratings")
            - Of(edge.Caller, "bookinfo_http_client_transit_duration_seconds_sum", "ratings"));
        Assert.InRange(claimed, double.Epsilon, served + (Views * 2 * 0.00001));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("Server-Timing: ratings;dur=1\r\n", 0)]
    [InlineData("Server-Timing: total;dur=NaN\r\n", 0)]
    [InlineData("Server-Timing: total;dur=0\r\n", 1)]
    [InlineData("Server-Timing: total;dur=3000000\r\n", 1)]
    public async Task What_a_backend_claims_of_its_time_is_taken_up_to_the_time_of_the_call(string header, int count)
    {
        front.Header = header;
        var before = await front.Running.ScrapeAsync("productpage-v1");
        await front.Running.GetAsync("productpage-v1", "/api/v1/products/7/reviews", "x-request-id: one");

        var samples = await front.Running.ScrapeAsync("productpage-v1");
        double Of(string metric) => Sum(samples, metric) - Sum(before, metric);
        Assert.Equal(count, Of("bookinfo_http_client_transit_duration_seconds_count"));
        // To the nanosecond: the difference of two sums is rounded.
        Assert.InRange(
            Of("bookinfo_http_client_transit_duration_seconds_sum"), -1e-9, Of("http_client_request_duration_seconds_sum") + 1e-9);
    }

    /// <summary>The names of the parts in their order.</summary>
    private static async Task<List<string>> HopsAsync(Uri service, string target, string requestId)
    {
        var answer = await RawHttp.GetAsync(service, target, $"x-request-id: {requestId}");
        var timing = Assert.Single(answer!.Headers, header => header.Name == "server-timing").Value;
        Assert.Matches(Format, timing);
        var parts = timing.Split(", ").Select(part => part.Split(";dur=")).ToList();
        var durations = parts.Select(part => double.Parse(part[1], CultureInfo.InvariantCulture)).ToList();
        // The whole takes at least as long as each of its parts, as far as two decimals tell. What a backend claims may be anything.
        Assert.All(
            parts.Zip(durations).Where(part => !CallGraph.CalledByBackends.Contains(part.First[0])),
            part => Assert.True(part.Second <= durations[^1] + 0.01, timing));
        return [.. parts.Select(part => part[0])];
    }

    private static double Sum(IEnumerable<PrometheusSample> samples, string metric) =>
        samples.Where(sample => sample.Name == metric).Sum(sample => sample.Value);

    /// <summary>A productpage in front of a reviews whose answers have a header that tests choose.</summary>
    public sealed class Front : IAsyncLifetime
    {
        private readonly RecordingBackend _reviews;

        public Front() => _reviews = new RecordingBackend(_ => (stream, token) => stream.WriteAsync(
            Encoding.Latin1.GetBytes(
                $"HTTP/1.1 200 OK\r\n{Header}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"), token).AsTask());

        /// <summary>The header with its end of line; empty for none.</summary>
        public string Header { get; set; } = "";

        internal TelemetrySystem Running { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Running = await TelemetrySystem.StartAsync(
            protocol: null, only: ["productpage-v1"],
            configure: system => system.Processes.Set("*", "REVIEWS_ENDPOINTS", _reviews.Address.AbsoluteUri));

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            await _reviews.DisposeAsync();
        }
    }
}
