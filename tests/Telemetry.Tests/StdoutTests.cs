using System.Globalization;
using System.Net;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>A log that nobody takes stops nothing, and every line of it is accounted for.</summary>
public sealed class StdoutTests
{
    private const string Ratings = "ratings-v1";

    // Enough for the pipe, both buffers of the service, and as much again to be lost.
    private const int Requests = 12_000;

    [Fact]
    public async Task A_log_that_nobody_reads_loses_lines_and_says_exactly_how_many()
    {
        await using var system = await StartAsync(StdoutUse.Unread);
        await SendAsync(system, Requests);
        var lost = await LostAsync(system);
        Assert.InRange(lost, 1, Requests);

        // Once somebody reads, what was kept comes, and then a line that says what is missing.
        var process = system.Processes[Ratings];
        process.StartReading();
        await Eventually.HoldsAsync(
            "Nothing says how many lines were lost.", () => system.Logs().Any(line => line.Event == "LogLinesDropped"));
        await SendAsync(system, 1, "/after");
        await Eventually.HoldsAsync("The service logs no more.", () => system.Logs().Any(line => line.Text("path") == "/after"));
        Assert.Equal(lost, await LostAsync(system));
        Assert.Equal(lost, system.Logs()
            .Where(line => line.Event == "LogLinesDropped").Sum(line => long.Parse(line.Text("lines")!, CultureInfo.InvariantCulture)));
        Assert.Equal(Requests + 1 - lost, system.Logs().LongCount(line => line.Event == "RequestFinished"));
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_stops_nothing()
    {
        await using var system = await StartAsync(StdoutUse.Closed);
        await SendAsync(system, Requests);
        await SendAsync(system, 1);
        await Eventually.HoldsAsync(
            async () => await LostAsync(system) is var lost && lost >= Requests ? "" : $"{lost} lines lost of {Requests}.");
        Assert.Equal(0, await system.Processes[Ratings].StopAsync());
    }

    [Fact]
    public async Task A_service_that_cannot_log_ends_in_order()
    {
        await using var system = await StartAsync(StdoutUse.Unread);
        await SendAsync(system, Requests);
        Assert.Equal(0, await system.Processes[Ratings].StopAsync());
    }

    private static Task<TelemetrySystem> StartAsync(StdoutUse stdout) =>
        TelemetrySystem.StartAsync(protocol: null, only: [Ratings], configure: system => system.Processes.Stdout = stdout);

    private static Task SendAsync(TelemetrySystem system, int requests, string target = "/ratings/7") => Parallel.ForEachAsync(
        Enumerable.Range(0, requests),
        new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
        async (_, _) => Assert.Equal(target == "/ratings/7" ? HttpStatusCode.OK : HttpStatusCode.NotFound,
            await system.GetAsync(Ratings, target, "x-request-id: line")));

    private static async Task<long> LostAsync(TelemetrySystem system) =>
        (long)(await system.ScrapeAsync(Ratings)).Single(sample => sample.Name == "bookinfo_log_lines_dropped_total").Value;
}
