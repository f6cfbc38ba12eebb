using System.Globalization;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Services.Tests;

/// <summary>No span is lost on its way to a collector without being counted.</summary>
[Collection(CountingTests.Name)]
public sealed class OtlpLossTests
{
    private const string Metric = "bookinfo_telemetry_dropped_total";
    private const string QueueFull = "queue_full";
    private const string NotDelivered = "not_delivered";

    [Theory]
    [InlineData("grpc", "none")]
    [InlineData("grpc", "gzip")]
    [InlineData("http/protobuf", "none")]
    [InlineData("http/protobuf", "gzip")]
    public async Task What_a_collector_turns_away_is_counted(string protocol, string compression)
    {
        const int Requests = 25;
        await using var collector = await OtlpCollector.StartAsync(protocol, static context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await using var ratings = await OtlpCollector.StartRatingsAsync(
            new RecordedLog(), protocol, new Uri(collector.Urls.Single()), $"OTEL_EXPORTER_OTLP_COMPRESSION={compression}");
        await SendAsync(ratings, Requests);

        await HoldsAsync(ratings, NotDelivered, static lost => lost == Requests);
        Assert.Equal(0, await LostAsync(ratings, QueueFull));
    }

    [Fact]
    public async Task What_gets_no_answer_is_counted()
    {
        await using var server = new LoopbackServer(static (_, _, _) => Task.CompletedTask);
        await using var ratings = await OtlpCollector.StartRatingsAsync(new RecordedLog(), "http/protobuf", server.Address);
        await SendAsync(ratings, 3);
        await HoldsAsync(ratings, NotDelivered, static lost => lost == 3);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Of_what_is_taken_in_part_the_rest_is_counted(string protocol)
    {
        var answers = 0;
        await using var collector = await OtlpCollector.StartAsync(protocol, context =>
        {
            Interlocked.Increment(ref answers);
            return OtlpCollector.AnswerAsync(context, protocol, OtlpCollector.PartialSuccess(7, "rate limited"));
        });
        await using var ratings = await OtlpCollector.StartRatingsAsync(new RecordedLog(), protocol, new Uri(collector.Urls.Single()));
        await SendAsync(ratings, 3);
        await HoldsAsync(ratings, NotDelivered, lost => lost > 0 && lost == 7 * Volatile.Read(ref answers));
    }

    /// <summary>While one batch is on its way, the next ones wait in the queue; what comes when it is full is given up.</summary>
    [Fact]
    public async Task What_finds_the_queue_full_is_counted_and_told()
    {
        const int Requests = 60;
        var (release, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var way = new LoopbackServer(async (client, _, token) =>
        {
            held.TrySetResult();
            await release.Task;
            await LoopbackServer.RelayAsync(client, receiver.HttpAddress, token);
        });
        var log = new RecordedLog();
        await using var ratings = await OtlpCollector.StartRatingsAsync(
            log, "http/protobuf", way.Address, "OTEL_BSP_MAX_QUEUE_SIZE=8", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=4",
            "OTEL_EXPORTER_OTLP_TIMEOUT=600000");
        await SendAsync(ratings, 1);
        await held.Task;
        await SendAsync(ratings, Requests - 1);
        await HoldsAsync(ratings, QueueFull, static dropped => dropped > 0);
        release.SetResult();

        await Eventually.HoldsAsync(async () =>
            await LostAsync(ratings, QueueFull) + receiver.Spans.Count is var seen and not Requests
                ? string.Create(CultureInfo.InvariantCulture, $"{seen} of {Requests} are accounted for.")
                : "");
        Assert.Equal(0, await LostAsync(ratings, NotDelivered));
        var told = log.Of("TelemetryDropped")[0];
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Contains(" records of traces", told.Text, StringComparison.Ordinal);
        Assert.Contains("OTEL_BSP_MAX_QUEUE_SIZE", told.Text, StringComparison.Ordinal);
    }

    private static async Task SendAsync(RunningService service, int requests)
    {
        for (var sent = 0; sent < requests; sent++)
        {
            await OtlpCollector.RequestAsync(service);
        }
    }

    private static Task HoldsAsync(RunningService service, string reason, Func<double, bool> holds) =>
        Eventually.HoldsAsync(async () =>
            await LostAsync(service, reason) is var lost && holds(lost) ? "" : $"{lost} are counted.");

    private static Task<double> LostAsync(RunningService service, string reason) =>
        OtlpCollector.CountedAsync(service, Metric, reason);
}
