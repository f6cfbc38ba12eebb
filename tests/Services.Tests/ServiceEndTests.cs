using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>Services as processes that are told to end: how they drain, and what does not end them.</summary>
public sealed class ServiceEndTests : ServiceProcessRuns
{
    [Fact]
    public async Task On_SIGTERM_a_service_turns_unready_serves_on_finishes_what_is_in_flight_and_ends_with_0()
    {
        // 7 s of delay for half of the requests make one that is still in flight when the drain period is over.
        var port = FreePort.Find();
        using var process = Start(
            "Bookinfo.Ratings",
            ("ASPNETCORE_HTTP_PORTS", $"{port}"),
            ("DRAIN_SECONDS", "2"),
            ("SERVICE_VERSION", "v-delayed"),
            ("RANDOM_SEED", "3"));
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await UntilAsync(client, HttpStatusCode.OK);
            var inFlight = Enumerable.Range(0, 8).Select(_ => client.GetAsync(new Uri("/ratings/0", UriKind.Relative))).ToList();
            await Eventually.HoldsAsync("a first answer", () => inFlight.Exists(get => get.IsCompleted));
            Assert.Contains(inFlight, get => !get.IsCompleted);

            await SignalAsync(process, "TERM");
            await UntilAsync(client, HttpStatusCode.ServiceUnavailable);
            // Both what is known and what is not: each answer sends its connection elsewhere.
            foreach (var (path, status) in new[] { ("/health", HttpStatusCode.OK), ("/nowhere", HttpStatusCode.NotFound) })
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.Equal((status, true), (answer.StatusCode, answer.Headers.ConnectionClose));
            }

            Assert.All(await Task.WhenAll(inFlight), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
            Assert.Equal(0, (await EndAsync(process)).Code);
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_service_that_is_told_to_ends_when_its_standard_input_does(string project)
    {
        using var process = Start(
            project, ("ASPNETCORE_HTTP_PORTS", $"{FreePort.Find()}"), ("DRAIN_SECONDS", "0"), ("STOP_WHEN_STDIN_CLOSES", "true"));
        process.StandardInput.Close();
        Assert.Equal(0, (await EndAsync(process)).Code);
    }

    [Fact]
    public async Task A_standard_input_that_cannot_be_read_has_ended()
    {
        using var process = Process.Start(new ProcessStartInfo(
            "sh",
            [
                "-c", "exec env ASPNETCORE_HTTP_PORTS=$1 DRAIN_SECONDS=0 STOP_WHEN_STDIN_CLOSES=true dotnet \"$2\" 0>/dev/null", "sh",
                $"{FreePort.Find()}", WorkingCopy.Assembly("Bookinfo.Details"),
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (code, _, errors) = await EndAsync(process);
        Assert.Equal((0, ""), (code, errors));
    }

    [Fact]
    public async Task The_end_of_standard_input_leaves_a_service_the_time_to_drain()
    {
        var port = FreePort.Find();
        // Longer than the time that a service has when it does not drain.
        using var process = Start(
            "Bookinfo.Details", ("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "6"), ("STOP_WHEN_STDIN_CLOSES", "true"));
        await UntilReadyAsync(port);
        process.StandardInput.Close();
        var (code, output, _) = await EndAsync(process);
        Assert.Equal(0, code);
        Assert.Contains("\"ServiceStopped\"", output, StringComparison.Ordinal);
    }

    /// <summary>Who follows the log of a rollout would otherwise see nothing while the service is unready.</summary>
    [Fact]
    public async Task That_a_service_drains_is_told_when_it_begins_to()
    {
        var log = new RecordedLog();
        var clock = new FakeTimeProvider();
        var ratings = await RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            services =>
            {
                log.AddTo(services);
                services.AddSingleton<TimeProvider>(clock);
            },
            "DRAIN_SECONDS=2");
        var stopped = ratings.DisposeAsync().AsTask();
        await Eventually.HoldsAsync("It is not told.", () => log.Of("ServiceDraining").Count == 1);
        Assert.Equal(503, (await RawHttp.GetAsync(ratings.Address, "/health/ready"))!.Status);
        Assert.Equal(200, (await RawHttp.GetAsync(ratings.Address, "/ratings/0"))!.Status);
        Assert.Empty(log.Of("ServiceStopped"));
        await Eventually.HoldsAsync("It does not stop.", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            return stopped.IsCompleted;
        });
        await stopped;
        Assert.Single(log.Of("ServiceStopped"));
        Assert.Single(log.Of("ServiceDraining"));
    }

    [Fact]
    public async Task On_SIGHUP_a_service_ends_in_order_as_well()
    {
        var port = FreePort.Find();
        using var process = Start("Bookinfo.Details", ("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "0"));
        await UntilReadyAsync(port);
        await SignalAsync(process, "HUP");
        var (code, output, _) = await EndAsync(process);
        Assert.Equal(0, code);
        Assert.Contains("\"ServiceStopped\"", output, StringComparison.Ordinal);
    }

    /// <summary>Whoever starts a program with <c>nohup</c> wants it to outlive the terminal.</summary>
    [Fact]
    public async Task A_service_that_was_told_to_ignore_SIGHUP_does()
    {
        var port = FreePort.Find();
        const string Command = "trap '' HUP; exec dotnet \"$0\"";
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Command, WorkingCopy.Assembly("Bookinfo.Details")])
        {
            Environment = { ["ASPNETCORE_HTTP_PORTS"] = $"{port}", ["DRAIN_SECONDS"] = "0" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await UntilReadyAsync(port);
        await SignalAsync(process, "HUP");
        var ignored = File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        Assert.Equal(1UL, ulong.Parse(ignored.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1);
        await UntilReadyAsync(port);
        await SignalAsync(process, "TERM");
        Assert.Equal(0, (await EndAsync(process)).Code);
    }

    /// <summary>
    /// It would hold up the end of the service until everything is cut off: when the drain period is over, the server looks at no time
    /// any more.
    /// </summary>
    [Fact]
    public async Task Half_a_head_is_turned_away_while_a_service_drains()
    {
        var port = FreePort.Find();
        using var process = Start("Bookinfo.Ratings", ("ASPNETCORE_HTTP_PORTS", $"{port}"), ("DRAIN_SECONDS", "25"));
        await UntilReadyAsync(port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("GET /ratings/1 HTT"u8.ToArray(), TestContext.Current.CancellationToken);
        await SignalAsync(process, "TERM");
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 408 ", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        process.Kill();
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
