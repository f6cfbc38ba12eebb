using System.Net;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>No log record is lost on its way to a collector without being counted.</summary>
public sealed class LogRecordLossTests
{
    [Fact]
    public async Task What_finds_the_queue_full_is_counted_and_told()
    {
        // It takes a request, and never answers.
        await using var collector = new LoopbackServer(static (client, _, token) => client.GetStream().CopyToAsync(Stream.Null, token));
        await using var system = await TelemetrySystem.StartAsync(protocol: null, only: ["ratings-v1"], configure: system =>
        {
            system.Processes.Set("*", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", $"{collector.Address}v1/logs");
            system.Processes.Set("*", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
            system.Processes.Set("*", "OTEL_BLRP_SCHEDULE_DELAY", "50");
            system.Processes.Set("*", "OTEL_BLRP_MAX_QUEUE_SIZE", "2");
            system.Processes.Set("*", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "1");
        });
        await Eventually.HoldsAsync(async () =>
        {
            Assert.Equal(HttpStatusCode.OK, await system.GetAsync("ratings-v1", "/ratings/7"));
            var dropped = (await system.ScrapeAsync("ratings-v1")).Single(sample =>
                sample.Name == "bookinfo_telemetry_dropped_total" && sample.Labels["reason"] == "queue_full");
            Assert.Equal("logs", dropped.Labels["signal"]);
            return dropped.Value > 0 ? "" : "None was dropped.";
        });
        await Eventually.HoldsAsync("It is not told.", () => system.Logs().Any(line => line.Event == "TelemetryDropped"));
    }
}
