using System.Net;
using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>A collector that is gone, or takes everything and never answers, costs visitors nothing and the services no memory.</summary>
public sealed class EndpointDownTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData("closed", "grpc")]
    [InlineData("closed", "http/protobuf")]
    [InlineData("hangs", "grpc")]
    [InlineData("hangs", "http/protobuf")]
    public async Task Every_page_is_served_memory_stays_and_the_end_is_in_order(string endpoint, string protocol)
    {
        using var nobody = new ClosedPort();
        await using var hanging = await OtlpReceiver.StartAsync(hangs: true);
        await using var system = await TelemetrySystem.StartAsync(
            protocol,
            native: ServiceProcesses.ArePublished,
            configure: system =>
            {
                system.Processes.Set(
                    "*", "OTEL_EXPORTER_OTLP_ENDPOINT", (endpoint == "closed" ? nobody.Address : hanging.AddressFor(protocol)).AbsoluteUri);
                system.Processes.Set("*", "OTEL_METRICS_EXPORTER", "otlp");
            });

        // By then the queues are full, the code is compiled and the heap has the size of its work.
        await ViewAsync(system, 2000);
        var before = system.Processes.Started.ToDictionary(process => process.Name, process => process.ResidentBytes);
        await ViewAsync(system, 8000);
        Assert.All(system.Processes.Started, process =>
        {
            var growth = process.ResidentBytes - before[process.Name];
            // The heap comes and goes by 20 MiB. What productpage has to export of these views is more than 64 MiB.
            Assert.True(growth < 32 * MiB, $"{process.Name} grew by {growth / MiB} MiB from {before[process.Name] / MiB} MiB.");
        });
        Assert.Equal(endpoint == "hangs", hanging.Exports.Count > 0);

        foreach (var version in ServiceCatalog.All.Reverse().SelectMany(service => service.Versions))
        {
            Assert.Equal((version.Name, 0), (version.Name, await system.Processes[version.Name].StopAsync()));
        }

        Assert.Equal([], system.Processes.Started.SelectMany(process => process.ErrorLines));
    }

    private static Task ViewAsync(TelemetrySystem system, int views) => Parallel.ForEachAsync(
        Enumerable.Range(0, views),
        new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
        async (_, _) => Assert.Equal(HttpStatusCode.OK, await system.GetAsync("productpage-v1", "/productpage", "x-request-id: view")));
}
