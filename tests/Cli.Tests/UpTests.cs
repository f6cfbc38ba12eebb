using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo up</c> as a process: how it starts, what it shows, and what it refuses.</summary>
public sealed class UpTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    [Fact]
    public async Task Runs_six_processes_and_says_where_the_page_is()
    {
        await using var up = Up();
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));

        var table = up.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, table.Length);
        Assert.Equal(
            ["SERVICE", "VERSION", "ADDRESS", "PID", "MEMORY", "START-UP", "STATE"],
            table[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        string[] expected =
        [
            $@"^details +v1 +localhost:{_ports.Backends} ", $@"^ratings +v1 +localhost:{_ports.Backends + 1} ",
            $@"^reviews +v1 +localhost:{_ports.Backends + 2} ", $@"^reviews +v2 +localhost:{_ports.Backends + 3} ",
            $@"^reviews +v3 +localhost:{_ports.Backends + 4} ", $@"^productpage +v1 +localhost:{_ports.Page} ",
        ];
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.Matches(expected[row] + @" +\d+ +\d+ MiB +\d+\.\d\d s  ready$", table[row + 1]);
        }

        await Eventually.HoldsAsync("the address", () => up.Messages.Contains($"Open http://localhost:{_ports.Page}/productpage"));
        var pids = table.Skip(1).Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]).Order();
        Assert.Subset(up.Alive.Select(process => process.Pid.ToString(CultureInfo.InvariantCulture)).ToHashSet(), pids.ToHashSet());
    }

    [Fact]
    public async Task Shows_all_three_versions_in_turn()
    {
        await using var up = Up();
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));

        var served = await Page.ServedByAsync(_ports.Page, reloads: 60);
        foreach (var version in new[] { "reviews-v1", "reviews-v2", "reviews-v3" })
        {
            Assert.InRange(served.Count(name => name == version), 11, 30);
        }
    }

    [Fact]
    public async Task Answers_on_both_loopbacks()
    {
        await using var up = Up();
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));

        foreach (var host in Socket.OSSupportsIPv6 ? ["127.0.0.1", "[::1]"] : new[] { "127.0.0.1" })
        {
            using var client = new HttpClient();
            var answer = await client.GetAsync($"http://{host}:{_ports.Page}/health", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Runs_only_the_versions_of_reviews_that_were_asked_for()
    {
        await using var up = Up("--reviews", "v1,v3", "--output", "json");
        var ready = await up.ReadyAsync();

        Assert.Equal(
            ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name).Except(["reviews-v2"]),
            ready.GetProperty("services").EnumerateArray()
                .Select(service => $"{service.GetProperty("service")}-{service.GetProperty("version")}"));
        Assert.Equal(["reviews-v1", "reviews-v3"], (await Page.ServedByAsync(_ports.Page, reloads: 12)).Distinct().Order());
    }

    [Fact]
    public async Task Writes_a_log_for_each_service_anew_at_each_run()
    {
        string[] logs;
        await using (var first = Up("--output", "json", "--env", "details:ENABLE_RATINGS=x"))
        {
            var ready = await first.ReadyAsync();
            logs = [.. ready.GetProperty("services").EnumerateArray().Select(service => service.GetProperty("logFile").GetString()!)];
            Assert.Equal(6, logs.Distinct().Count());
            Assert.All(logs, log => Assert.StartsWith(Path.Combine(WorkingCopy.Root, "artifacts", "logs"), log));
            Assert.All(logs, log => Assert.True(File.Exists(log), log));
            await File.AppendAllTextAsync(logs[0], "of the first run\n", TestContext.Current.CancellationToken);
            await first.SignalAsync("TERM");
            await first.ExitAsync();
        }

        await using var second = Up("--output", "json");
        await second.ReadyAsync();
        Assert.DoesNotContain("of the first run", await File.ReadAllTextAsync(logs[0], TestContext.Current.CancellationToken));
        foreach (var log in logs)
        {
            Assert.DoesNotContain("SESSION_KEY", await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Passes_settings_to_the_service_or_version_that_they_are_for()
    {
        await using var up = Up(
            "--reviews", "v2", "--env", "reviews-v2:STAR_COLOR=blue", "--env", "reviews:STAR_COLOR=green", "--env", "CLUSTER_NAME=here");
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));

        using var client = new HttpClient();
        var reviews = await client.GetStringAsync(
            $"http://localhost:{_ports.Backends + 3}/reviews/0", TestContext.Current.CancellationToken);
        Assert.Contains("\"color\":\"blue\"", reviews);
        Assert.Contains("\"podname\":\"reviews-v2\"", reviews);
        Assert.Contains("\"clustername\":\"here\"", reviews);
    }

    [Fact]
    public async Task Is_not_disturbed_by_what_the_shell_has_set()
    {
        await using var up = CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"), ["up", "--no-build", .. _ports.Options], environment: new()
            {
                ["SERVICES_DOMAIN"] = "nowhere.invalid",
                ["DETAILS_HOSTNAME"] = "nowhere.invalid",
                ["RATINGS_SERVICE_PORT"] = "1",
                ["REVIEWS_HOSTNAME"] = "nowhere.invalid",
                ["REVIEWS_ENDPOINTS"] = "http://nowhere.invalid",
                ["ASPNETCORE_URLS"] = "http://localhost:1",
                ["ASPNETCORE_HTTP_PORTS"] = "1",
                ["URLS"] = "http://localhost:1",
                ["SERVICE_VERSION"] = "v-faulty",
                ["ENABLE_RATINGS"] = "maybe",
                ["STAR_COLOR"] = "no color",
                ["CLUSTER_NAME"] = "elsewhere",
                ["ENABLE_EXTERNAL_BOOK_SERVICE"] = "true",
                ["DRAIN_SECONDS"] = "300",
                ["FAULTS"] = "[]",
            });
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));

        Assert.Equal(["reviews-v1", "reviews-v2", "reviews-v3"], (await Page.ServedByAsync(_ports.Page, reloads: 12)).Distinct().Order());
        await up.SignalAsync("TERM");
        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        // What a pod or an image has anyway is not mentioned.
        Assert.StartsWith(
            "Not passed on from your environment, as they may be meant for one service: CLUSTER_NAME, DETAILS_HOSTNAME, DRAIN_SECONDS, "
            + "ENABLE_EXTERNAL_BOOK_SERVICE, ENABLE_RATINGS, FAULTS, REVIEWS_ENDPOINTS, REVIEWS_HOSTNAME, SERVICES_DOMAIN, "
            + "SERVICE_VERSION, STAR_COLOR. Use --env.\n",
            up.Messages);
    }

    [Fact]
    public async Task Says_which_settings_no_service_has()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _ports.Page);
        listener.Start();
        // It ends at once; what it says comes before.
        await using var up = Up("--env", "ratings:SOME_TOKEN=a-secret", "--env", "DOTNET_gcServer=1", "--env", "OTEL_OF_A_LIBRARY=x");
        Assert.Equal(ExitCode.PortTaken, await up.ExitAsync());
        Assert.StartsWith("Passed on, although no service has such a setting: SOME_TOKEN.\nbookinfo: port ", up.Messages);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    public async Task Says_which_port_is_taken_and_by_whom(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), _ports.Backends + 1);
        listener.Start();

        await using var up = Up();

        Assert.Equal(ExitCode.PortTaken, await up.ExitAsync());
        Assert.Equal(
            $"bookinfo: port {_ports.Backends + 1}, which ratings-v1 needs, is taken by Cli.Tests (pid {Environment.ProcessId}). "
            + "Stop that process or choose other ports with --backend-port.\n",
            up.Messages);
        Assert.Empty(up.Output);
        await up.NothingSurvivesAsync();
    }

    [Fact]
    public async Task Says_that_all_ports_are_taken_when_it_runs_already()
    {
        await using var first = Up("--output", "json");
        await first.ReadyAsync();

        await using var second = Up();

        Assert.Equal(ExitCode.PortTaken, await second.ExitAsync());
        Assert.Contains($"port {_ports.Backends}, which details-v1 needs, is taken by Bookinfo.Details (pid ", second.Messages);
        Assert.Contains($"so are {_ports.Backends + 1}, ", second.Messages);
        Assert.Contains($" {_ports.Page}, ", second.Messages);
        Assert.Contains(
            $" and {_ports.Management + 5}. Stop that process or choose other ports with --port, --management-port and --backend-port.",
            second.Messages);
        Assert.Equal(HttpStatusCode.OK, (await GetPageAsync()).StatusCode);
    }

    [Fact]
    public async Task Says_why_a_service_cannot_start()
    {
        await using var up = Up("--env", "details:ENABLE_EXTERNAL_BOOK_SERVICE=maybe");

        Assert.Equal(ExitCode.ServiceFailed, await up.ExitAsync());
        Assert.StartsWith("bookinfo: details-v1 ended before it was ready (exit code 2): details cannot start: "
            + "ENABLE_EXTERNAL_BOOK_SERVICE='maybe' is not allowed", up.Messages);
        Assert.EndsWith($" Its log: artifacts/logs/port-{_ports.Page}/details-v1.log\n", up.Messages);
        Assert.Single(up.Messages.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(up.Output);
        await up.NothingSurvivesAsync();
    }

    private CommandRun Up(params string[] options) => CommandRun.Bookinfo(["up", "--no-build", .. _ports.Options, .. options]);

    private async Task<HttpResponseMessage> GetPageAsync()
    {
        using var client = new HttpClient();
        return await client.GetAsync($"http://localhost:{_ports.Page}/productpage", TestContext.Current.CancellationToken);
    }
}
