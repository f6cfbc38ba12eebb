using System.Net;
using Bookinfo.LoadWorker;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Load.Tests;

/// <summary>The load worker that sends for as long as it is deployed: its settings, its metrics, its probes and its end.</summary>
public sealed class TrafficProgramTests : IDisposable
{
    private readonly DirectoryInfo _settings = Directory.CreateTempSubdirectory("bookinfo-traffic-");
    private int _version;

    public void Dispose() => _settings.Delete(recursive: true);

    [Fact]
    public async Task It_sends_the_usual_mix_and_its_metrics_are_what_the_server_counts()
    {
        await using var server = new LoadServer(FakePage.AnswerAsync);
        Mount(("rate", "100"));
        await using var program = await StartAsync(server.Address);
        await Eventually.HoldsAsync("requests", () => server.Requests > 100);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(program, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(program, "/health/live"));

        Mount(("rate", "0"));
        await Eventually.HoldsAsync(async () => Sum(await ScrapeAsync(program), "asked_rate") == 0 ? "" : "the end of the traffic");
        // What is under way ends.
        await Eventually.HoldsAsync(
            async () => Sum(await ScrapeAsync(program), "requests_sent_total") == server.Requests ? "" : "the last answers");

        var samples = await ScrapeAsync(program);
        Assert.Equal(11, Sum(samples, "requests_sent_total", "setup"));
        Assert.All(new[] { "visitor", "user", "api", "asset" }, kind =>
        {
            Assert.NotEqual(0, Sum(samples, "requests_sent_total", kind));
            Assert.Equal(Sum(samples, "requests_sent_total", kind), Sum(samples, "latency_seconds_count", kind));
            Assert.NotEqual(0, Sum(samples, "latency_seconds_sum", kind));
        });
        Assert.Equal(0, Sum(samples, "requests_failed_total"));
    }

    [Fact]
    public async Task What_fails_is_told_by_what_was_wrong()
    {
        await using var server = new LoadServer(async (number, head, stream, cancellationToken) =>
        {
            if (number <= 11)
            {
                return await FakePage.AnswerAsync(number, head, stream, cancellationToken);
            }

            await LoadServer.SendAsync(stream, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", cancellationToken);
            return true;
        });
        Mount(("rate", "50"));
        await using var program = await StartAsync(server.Address);

        await Eventually.HoldsAsync(
            async () => (await ScrapeAsync(program)).Any(
                sample => sample.Name == "bookinfo_traffic_requests_failed_total" && sample.Value > 5
                    && sample.Labels["error"] == "status 503") ? "" : "failures");
    }

    [Fact]
    public async Task A_setting_that_is_not_allowed_is_told_of_and_the_old_one_stays()
    {
        await using var server = new LoadServer(FakePage.AnswerAsync);
        Mount(("rate", "50"));
        await using var run = Start(server.Address, out var address);
        using var client = new HttpClient { BaseAddress = address };
        await Eventually.HoldsAsync("requests", () => server.Requests > 20);

        Mount(("rate", "fast"));
        await Eventually.HoldsAsync(
            "that it is told",
            () => run.Output.Contains("rate 'fast' is not allowed: it must be 0, or a number from 0.1 to 10000", StringComparison.Ordinal));
        var samples = PrometheusText.Parse(await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
        Assert.Equal((1, 50), (Sum(samples, "settings_rejected"), Sum(samples, "asked_rate")));

        Mount(("rate", "20"), ("profile", "constant"));
        await Eventually.HoldsAsync(async () =>
        {
            samples = PrometheusText.Parse(await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
            return (Sum(samples, "settings_rejected"), Sum(samples, "asked_rate")) == (0, 20) ? "" : "the new rate";
        });
        Assert.Contains("Sends constant 20 requests a second, poisson arrivals to ", run.Output);
        Assert.Single(run.Output.Split('\n'), line => line.Contains("rate 'fast' is not allowed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_not_ready_before_it_can_send()
    {
        using var closed = new ClosedPort();
        await using var program = await StartAsync(closed.Address);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(program, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(program, "/health/live"));

        // Settings alone do not do.
        Mount(("rate", "10"));
        await Eventually.HoldsAsync(async () => Sum(await ScrapeAsync(program), "asked_rate") == 10 ? "" : "the settings");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(program, "/health/ready"));
        Assert.Equal(0, Sum(await ScrapeAsync(program), "settings_rejected"));
    }

    [Fact]
    public async Task SIGTERM_waits_for_the_answers_and_ends_it_with_0()
    {
        using var held = new SemaphoreSlim(0);
        var ended = 0;
        await using var server = new LoadServer(async (number, head, stream, cancellationToken) =>
        {
            if (number > 11)
            {
                await held.WaitAsync(cancellationToken);
            }

            var kept = await FakePage.AnswerAsync(number, head, stream, cancellationToken);
            Interlocked.Increment(ref ended);
            return kept;
        });
        Mount(("rate", "50"));
        await using var run = Start(server.Address, out _);
        await Eventually.HoldsAsync("requests under way", () => server.Requests > 13);

        await run.SignalAsync("TERM");
        await Eventually.HoldsAsync("that it has heard", () => run.Output.Contains("waits for the answers", StringComparison.Ordinal));
        held.Release(1000);

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(server.Requests, ended);
    }

    [Theory]
    [InlineData("load-worker cannot start: 'trafic' is not known: only 'traffic' is, and nothing for a worker that takes orders", "trafic")]
    [InlineData(
        "load-worker cannot start: TRAFFIC_CONNECTIONS '0' is not allowed: it must be a whole number from 1 to 256", "traffic",
        "--TRAFFIC_CONNECTIONS=0")]
    [InlineData(
        "load-worker cannot start: TRAFFIC_URL 'http://page/x' is not allowed: it must be http:// or https://, a host, and nothing "
            + "behind it",
        "traffic", "--TRAFFIC_URL=http://page/x")]
    [InlineData(
        "load-worker cannot start: TRAFFIC_URL 'http://xn--ä.example' is not allowed: it must be http:// or https://, a host, and nothing "
            + "behind it",
        "traffic", "--TRAFFIC_URL=http://xn--ä.example")]
    [InlineData(
        "load-worker cannot start: TRAFFIC_URL is not allowed: it must be http:// or https://, a host, and nothing behind it",
        "traffic", "--TRAFFIC_URL=http://me:hush@page")]
    public async Task A_wrong_command_line_is_one_line(string message, params string[] arguments)
    {
        await using var run = CommandRun.Start("dotnet", [typeof(Bookinfo.LoadWorker.Program).Assembly.Location, .. arguments]);

        Assert.Equal(1, await run.ExitAsync());
        Assert.Equal($"{message}\n", run.Messages);
    }

    /// <summary>When connections are renewed, there are for a moment twice as many.</summary>
    [Fact]
    public async Task Connections_have_to_fit_twice_into_the_limit_of_open_files()
    {
        var assembly = typeof(Bookinfo.LoadWorker.Program).Assembly.Location;
        await using var run = CommandRun.Start(
            "sh", ["-c", $"ulimit -n 450; exec dotnet {assembly} {TrafficProgram.Mode} --TRAFFIC_CONNECTIONS=200"]);

        Assert.Equal(1, await run.ExitAsync());
        Assert.StartsWith(
            "load-worker cannot start: TRAFFIC_CONNECTIONS '200' is too many: while connections are renewed there are twice as many, and "
                + "400 connections do not fit into the limit of 450 open files",
            run.Messages, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> GetAsync(RunningService program, string path)
    {
        using var answer = await program.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<IReadOnlyList<PrometheusSample>> ScrapeAsync(RunningService program) =>
        PrometheusText.Parse(await program.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken));

    private static double Sum(IEnumerable<PrometheusSample> samples, string name, string? kind = null) => samples
        .Where(sample => sample.Name == $"bookinfo_traffic_{name}" && (kind is null || sample.Labels["kind"] == kind))
        .Sum(sample => sample.Value);

    private Task<RunningService> StartAsync(Uri page) => RunningService.StartAsync(
        (arguments, adjust) => Bookinfo.LoadWorker.Program.Build([TrafficProgram.Mode, .. arguments], adjust),
        $"TRAFFIC_URL={page.GetLeftPart(UriPartial.Authority)}",
        $"TRAFFIC_SETTINGS={_settings.FullName}",
        "TRAFFIC_CONNECTIONS=4");

    /// <summary>Starts it as a process.</summary>
    private CommandRun Start(Uri page, out Uri address)
    {
        var port = FreePort.Find();
        address = new Uri($"http://127.0.0.1:{port}");
        return CommandRun.Start("dotnet", [
            typeof(Bookinfo.LoadWorker.Program).Assembly.Location, TrafficProgram.Mode,
            $"--urls={address.GetLeftPart(UriPartial.Authority)}", $"--TRAFFIC_URL={page.GetLeftPart(UriPartial.Authority)}",
            $"--TRAFFIC_SETTINGS={_settings.FullName}", "--TRAFFIC_CONNECTIONS=4",
        ]);
    }

    /// <summary>
    /// Replaces the settings at once, as Kubernetes does with those of a ConfigMap: files are links into a directory that changes.
    /// </summary>
    private void Mount(params IEnumerable<(string Name, string Text)> settings)
    {
        var version = _settings.CreateSubdirectory($"..{++_version}");
        foreach (var (name, text) in settings)
        {
            File.WriteAllText(Path.Combine(version.FullName, name), $"{text}\n");
            var link = Path.Combine(_settings.FullName, name);
            if (!File.Exists(link))
            {
                File.CreateSymbolicLink(link, $"..data/{name}");
            }
        }

        var data = Path.Combine(_settings.FullName, "..data");
        Directory.CreateSymbolicLink($"{data}-new", version.Name);
        using var move = System.Diagnostics.Process.Start("mv", ["-T", $"{data}-new", data]);
        move.WaitForExit();
    }
}
