using System.Globalization;
using Bookinfo.Contracts;

namespace Telemetry.Tests;

/// <summary>However many paths, methods, names and agents visitors make up, the number of series stays what it was.</summary>
public sealed class CardinalityTests
{
    [Fact]
    public async Task Ten_thousand_hostile_requests_make_no_more_series_than_the_first_few()
    {
        await using var system = await TelemetrySystem.StartAsync(protocol: null);
        foreach (var process in ServiceCatalog.All.Select(service => service.Versions[0].Name))
        {
            await SendAsync(system, process, 0, 60);
            var few = await SeriesAsync(system, process);
            await SendAsync(system, process, 60, 10_000);
            var many = await SeriesAsync(system, process);
            Assert.Equal([], many.Except(few));
            Assert.Contains(few, series => series.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal));
            Assert.DoesNotContain(many, series => series.Contains("hostile", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Each_service_has_the_same_families_wherever_it_does_the_same()
    {
        await using var system = await TelemetrySystem.StartAsync(protocol: null);
        var families = new List<string>();
        foreach (var version in TelemetrySystem.Versions)
        {
            Assert.Equal(200, (int)await system.GetAsync(
                version.Name, version.Service == "productpage" ? "/productpage" : $"/{version.Service}/0", "x-request-id: one"));
            var samples = await system.ScrapeAsync(version.Name);
            families.Add(string.Join(' ', samples.Select(sample => sample.Family).Distinct()
                .Where(family => family is not ("request_result_total" or "request_result" or "http_client_request_duration_seconds"
                        or "bookinfo_http_client_transit_duration_seconds")
                    && !family.StartsWith("dotnet_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
            Assert.DoesNotContain(
                samples, sample => sample.Labels.Keys.Any(label => label.StartsWith("otel_scope", StringComparison.Ordinal)));
            var target = Assert.Single(samples, sample => sample.Name == "target_info");
            Assert.Equal(
                (version.Service, version.Version, "bookinfo"),
                (target["service_name"], target["service_version"], target["service_namespace"]));
        }

        Assert.Single(families.Distinct());
    }

    private static async Task SendAsync(TelemetrySystem system, string process, int from, int to)
    {
        var service = process.Split('-')[0];
        await Parallel.ForEachAsync(
            Enumerable.Range(from, to - from),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
            async (number, _) =>
            {
                var hostile = "hostile" + number.ToString(CultureInfo.InvariantCulture);
                var (method, target) = (number % 6) switch
                {
                    0 => ("GET", $"/{hostile}"),
                    1 => ($"M{hostile}", $"/{hostile}"),
                    2 => ($"M{hostile}", $"/{service}/{hostile}"),
                    3 => ("GET", $"/{service}/{hostile}?{hostile}={hostile}"),
                    4 => ("GET", $"/static/{hostile}"),
                    _ => ("GET", $"/{service}/7/{hostile}"),
                };
                using var request = new HttpRequestMessage(new HttpMethod(method), system.AddressOf(process, target));
                request.Headers.Host = $"{hostile}.example";
                request.Headers.TryAddWithoutValidation("x-request-id", hostile);
                request.Headers.TryAddWithoutValidation("user-agent", hostile);
                request.Headers.TryAddWithoutValidation("traceparent", $"00-{number + 1:x32}-{number + 1:x16}-01");
                request.Headers.TryAddWithoutValidation("baggage", $"{hostile}={hostile}");
                using var response = await system.Client.SendAsync(request, CancellationToken.None);
                Assert.InRange((int)response.StatusCode, 200, 499);
            });
    }

    /// <summary>All series of a process. An exception of the runtime's own may come up at any time and does not count.</summary>
    private static async Task<HashSet<string>> SeriesAsync(TelemetrySystem system, string process) =>
        [.. (await system.ScrapeAsync(process))
            .Where(sample => sample.Family != "dotnet_exceptions_total").Select(sample => sample.Series)];
}
