using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>Every answer says in <c>Server-Timing</c> how long its parts took.</summary>
public sealed partial class ServerTimingTests
{
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
            Assert.Equal(["total"], await HopsAsync(page, target));
        }

        Assert.Equal(["details", "total"], await HopsAsync(page, "/api/v1/products/7"));
        Assert.Equal(["details", "total"], await HopsAsync(page, "/api/v1/products/1503"));
        Assert.Equal(["details", "total"], await HopsAsync(page, "/api/v1/products/1997"));
        Assert.Equal(["ratings", "total"], await HopsAsync(page, "/api/v1/products/7/ratings"));
        // One after the other, so the versions of reviews come by turns, and v1 is one of three.
        var views = new List<string>();
        for (var view = 0; view < 6; view++)
        {
            views.Add(string.Join(' ', await HopsAsync(page, "/productpage")));
        }

        Assert.Equal(2, views.Count(view => view == "details reviews total"));
        Assert.Equal(4, views.Count(view => view == "details reviews ratings total"));
        Assert.Equal(["total"], await HopsAsync(system.Processes.AddressOf("reviews-v1"), "/reviews/7"));
        Assert.Equal(["ratings", "total"], await HopsAsync(system.Processes.AddressOf("reviews-v2"), "/reviews/7"));
        Assert.Equal(["ratings", "total"], await HopsAsync(system.Processes.AddressOf("reviews-v3"), "/reviews/1503"));
        Assert.Equal(["total"], await HopsAsync(system.Processes.AddressOf("details-v1"), "/details/7"));
        Assert.Equal(["total"], await HopsAsync(system.Processes.AddressOf("ratings-v1"), "/ratings/abc"));
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
        await using var reviews = new RecordingBackend(_ => (stream, token) => stream.WriteAsync(
            System.Text.Encoding.Latin1.GetBytes(
                $"HTTP/1.1 200 OK\r\n{header}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"), token).AsTask());
        await using var system = await TelemetrySystem.StartAsync(
            protocol: null, only: ["productpage-v1"],
            configure: system => system.Processes.Set("*", "REVIEWS_ENDPOINTS", reviews.Address.AbsoluteUri));
        Assert.Equal(expected.Split(' '), await HopsAsync(system.Processes.AddressOf("productpage-v1"), "/api/v1/products/7/reviews"));
    }

    /// <summary>The names of the parts in their order.</summary>
    private static async Task<List<string>> HopsAsync(Uri service, string target)
    {
        var answer = await RawHttp.GetAsync(service, target, "x-request-id: timing");
        var timing = Assert.Single(answer!.Headers, header => header.Name == "server-timing").Value;
        Assert.Matches(Format(), timing);
        var parts = timing.Split(", ").Select(part => part.Split(";dur=")).ToList();
        var durations = parts.Select(part => double.Parse(part[1], CultureInfo.InvariantCulture)).ToList();
        // The whole takes at least as long as each of its parts, as far as two decimals tell. What a backend claims may be anything.
        Assert.All(
            parts.Zip(durations).Where(part => part.First[0] != "ratings"),
            part => Assert.True(part.Second <= durations[^1] + 0.01, timing));
        return [.. parts.Select(part => part[0])];
    }

    [GeneratedRegex("""^((details|reviews|ratings);dur=[0-9]+\.[0-9]{2}, )*total;dur=[0-9]+\.[0-9]{2}$""")]
    private static partial Regex Format();
}
