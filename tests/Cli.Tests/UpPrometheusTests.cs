using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Supervision;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo up --prometheus</c>: with a real Prometheus, which must be installed.</summary>
public sealed class UpPrometheusTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    private string Files => new SourceTree(WorkingCopy.Root).Prometheus(_ports.Page);

    [Fact]
    public async Task Scrapes_the_processes_of_this_run_with_our_rules_and_alerts()
    {
        await using var up = Up("--output", "json", "--reviews", "v1,v3");
        var ready = await up.ReadyAsync();

        var address = new Uri(ready.GetProperty("prometheus").GetString()!);
        Assert.Equal(_ports.Prometheus, address.Port);
        var process = ready.GetProperty("services").EnumerateArray().Last();
        Assert.Equal(("prometheus", "ready", ""), (Text(process, "service"), Text(process, "state"), Text(process, "version")));
        Assert.True(File.Exists(Text(process, "logFile")));

        var targets = await Eventually.GetAsync("five targets that were scraped", async () =>
            (await QueryAsync(address, "targets")).GetProperty("activeTargets").EnumerateArray().ToList() is { Count: 5 } all
            && all.All(target => Text(target, "health") == "up") ? all : null);
        Assert.Equal(
            new[] { 0, 1, 2, 4 }.Select(backend => _ports.Backends + backend)
                .Append(_ports.Page)
                .Select(port => $"localhost:{port}")
                .Order(),
            targets.Select(target => Text(target.GetProperty("labels"), "instance")).Order());
        Assert.All(targets, target => Assert.Equal("bookinfo", Text(target.GetProperty("labels"), "job")));

        var rules = (await QueryAsync(address, "rules")).GetProperty("groups").EnumerateArray().SelectMany(
            group => group.GetProperty("rules").EnumerateArray());
        Assert.Equal(["alerting", "recording"], rules.Select(rule => Text(rule, "type")).Distinct().Order());

        await up.SignalGroupAsync("INT");
        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Equal("Stopped.\n", up.Messages);
        Assert.Empty(up.Alive);
        Assert.False(Directory.Exists(Files));
    }

    [Fact]
    public async Task Says_where_it_is_and_listens_on_the_loopback_only()
    {
        await using var up = Up();
        await up.LineAsync(
            line => line.StartsWith("prometheus", StringComparison.Ordinal) && line.EndsWith("  ready", StringComparison.Ordinal));
        await Eventually.HoldsAsync(
            "the footer",
            () => up.Messages.Contains($"\nMetrics, rules and alerts are in Prometheus: http://localhost:{_ports.Prometheus}\n"));

        foreach (var address in (await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork,
            TestContext.Current.CancellationToken)).Where(address => !IPAddress.IsLoopback(address)))
        {
            using var client = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(
                () => client.ConnectAsync(address, _ports.Prometheus, TestContext.Current.CancellationToken).AsTask());
        }
    }

    [Fact]
    public async Task Does_not_survive_a_kill_of_up()
    {
        await using var up = Up("--output", "json");
        await up.ReadyAsync();
        Assert.Contains(up.Alive, process => process.Name == "prometheus");

        await up.SignalAsync("KILL");
        await up.ExitAsync();

        await up.NothingSurvivesAsync();
    }

    [Fact]
    public async Task Is_started_again_when_it_crashes_and_stopped_in_order_afterwards()
    {
        await using var up = Up("--output", "json");
        var pid = (await up.ReadyAsync()).GetProperty("services").EnumerateArray().Last().GetProperty("pid").GetInt32();
        Assert.Equal("prometheus", RunningProcess.All().Single(process => process.Pid == pid).Name);

        await Signal.SendAsync("KILL", pid);
        var crashed = (await up.ChangeAsync("prometheus", "restarting")).GetProperty("services")[0];
        Assert.Equal(137, crashed.GetProperty("exitCode").GetInt32());
        await up.ChangeAsync("prometheus", "ready");
        // What watched for the end of the first is gone with it.
        await Eventually.HoldsAsync("one watcher", () => up.Alive.Count(process => process.Name == "sh") == 1);

        await up.SignalAsync("TERM");
        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Equal("Stopped.\n", up.Messages);
        Assert.Empty(up.Alive);
    }

    [Fact]
    public async Task Says_that_its_port_is_taken()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _ports.Prometheus);
        listener.Start();

        await using var up = Up();

        Assert.Equal(ExitCode.PortTaken, await up.ExitAsync());
        Assert.Equal(
            $"bookinfo: port {_ports.Prometheus}, which prometheus needs, is taken by Cli.Tests (pid {Environment.ProcessId}). "
            + "Stop that process or choose another port with --prometheus-port.\n",
            up.Messages);
        Assert.Empty(up.Output);
    }

    [Fact]
    public async Task Says_what_to_install_when_it_is_missing()
    {
        var tools = Directory.CreateTempSubdirectory("bookinfo-tools");
        try
        {
            foreach (var tool in new[] { "bash", "dirname", "readlink", "dotnet" })
            {
                File.CreateSymbolicLink(
                    Path.Combine(tools.FullName, tool),
                    Environment.GetEnvironmentVariable("PATH")!.Split(':')
                        .Select(directory => Path.Combine(directory, tool)).First(File.Exists));
            }

            await using var up = CommandRun.Start(
                Path.Combine(WorkingCopy.Root, "bookinfo"), ["up", "--no-build", "--prometheus"],
                environment: new() { ["PATH"] = tools.FullName });

            Assert.Equal(ExitCode.MissingTool, await up.ExitAsync());
            Assert.StartsWith(
                "bookinfo: Prometheus is not installed (no 'prometheus' in PATH): install it (Debian, Ubuntu: apt-get install prometheus; ",
                up.Messages);
            Assert.Empty(up.Output);
        }
        finally
        {
            tools.Delete(recursive: true);
        }
    }

    [Fact]
    public void Targets_that_do_not_run_are_left_out()
    {
        var configuration = PrometheusFiles.WithPorts(
            """
            scrape_interval: 9081s
            targets:
              - localhost:9081 # details
              - localhost:9084 # reviews v2
              - localhost:30080

            """,
            new Dictionary<int, int> { [9081] = 1, [30080] = 2 });

        Assert.Equal(
            """
            scrape_interval: 9081s
            targets:
              - localhost:1 # details
              - localhost:2

            """,
            configuration);
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static async Task<JsonElement> QueryAsync(Uri address, string what)
    {
        using var client = new HttpClient();
        return JsonDocument.Parse(
            await client.GetStringAsync(new Uri(address, $"/api/v1/{what}"), TestContext.Current.CancellationToken)).RootElement
            .GetProperty("data");
    }

    private CommandRun Up(params string[] options) =>
        CommandRun.Bookinfo(
            ["up", "--no-build", "--prometheus", "--prometheus-port", $"{_ports.Prometheus}", .. _ports.Options, .. options]);
}
