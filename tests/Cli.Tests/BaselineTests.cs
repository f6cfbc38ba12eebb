using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Baseline;
using Bookinfo.Cli.Local;
using Bookinfo.Testing;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo baseline</c> as a process, against a server whose behaviour is known.</summary>
public sealed partial class BaselineTests : IDisposable
{
    private const string ServerTiming = "Content-Type: text/html\r\nServer-Timing: total;dur=12.5, details;dur=3.25, reviews;dur=8, ratings;dur=5\r\n";

    // Without its launcher, which has tests of its own.
    private static readonly string Tool = Path.Combine(WorkingCopy.Root, "artifacts", "bin", "Bookinfo.Cli", "release", "bookinfo.dll");

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    private string Name => Path.Combine(_directory, "base");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Reports_what_a_server_of_known_behaviour_does()
    {
        await using var server = new LoadServer(static async (_, stream, cancellationToken) =>
        {
            await Task.Delay(20, cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok("page", ServerTiming), cancellationToken);
            return true;
        });
        await using var run = Baseline(server.Address.ToString(), "--rates", "20,50", "--rounds", "3", "--step", "1s", "--warm-up", "0.5s");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        Assert.True(baseline.Complete);
        Assert.Equal("base", baseline.Name);
        Assert.Equal("url", baseline.Settings.Subject);
        Assert.Equal($"{server.Address}productpage", baseline.Settings.Target);
        Assert.Equal([20, 50], baseline.Settings.Rates);
        Assert.Equal(BaselineSchedule.Make([20, 50], 3, 1), baseline.Steps.Select(step => (step.Round, step.Rate)));
        Assert.Equal([60, 150], baseline.Summary.Select(rate => rate.Requests));
        // Besides those of the steps there are those of the warm-up, and those that look for services behind the page.
        Assert.Equal(60 + 150 + 25, server.Heads.Count(head => head.Contains("traceparent")));
        Assert.All(server.Heads.Where(head => head.Contains("traceparent")), head => Assert.StartsWith("GET /productpage HTTP/1.1", head));
        foreach (var rate in baseline.Summary)
        {
            Assert.Equal(3, rate.Rounds);
            Assert.Equal(0, rate.Failed);
            // A timer never ends early; how late is a matter of the machine.
            Assert.InRange(rate.Latencies[Measure.PageFromSend].P50.Mean, 19_900, 60_000);
            Assert.InRange(rate.Latencies[Measure.Page].P50.Mean, rate.Latencies[Measure.PageFromSend].P50.Mean, 60_000);
            Hop(rate, Measure.Server, 12_500);
            Hop(rate, Measure.Details, 3250);
            Hop(rate, Measure.Reviews, 8000);
            Hop(rate, Measure.Ratings, 5000);
        }

        Assert.Contains("<h1>Baseline: base</h1>", await File.ReadAllTextAsync($"{Name}.html", TestContext.Current.CancellationToken));
        Assert.StartsWith("# Baseline: base\n", await File.ReadAllTextAsync($"{Name}.md", TestContext.Current.CancellationToken));
        Assert.Contains("At 50 requests/s", run.Output);
        Assert.Matches(@"\nserver +12\.5 ±0\.0 ", run.Output);
        Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 79));
        Assert.Contains($"Measuring {server.Address}productpage, latency only.\n", run.Messages);
        Assert.Contains("step 6 of 6, round 3 of 3, ", run.Messages);
        Assert.Contains($"Written: {Name}.json, {Name}.html, {Name}.md\n", run.Messages);
    }

    [Fact]
    public async Task Counts_failures_exactly()
    {
        var requests = 0;
        // One in twenty of those of the steps; the others are of the search for services.
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream,
                Interlocked.Increment(ref requests) % 20 == 0 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : LoadServer.Ok("page", ServerTiming),
                cancellationToken);
            return true;
        });
        await using var run = Baseline($"{server.Address}x?y=z", "--rates", "100", "--rounds", "2", "--step", "1s", "--warm-up", "0s", "--output", "json", "--header", "X-Test: yes");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        var sent = server.Heads.Index().Where(head => head.Item.StartsWith("GET /x?y=z ", StringComparison.Ordinal)).ToList();
        var failed = sent.Count(head => (head.Index + 1) % 20 == 0);
        Assert.Equal(200, sent.Count);
        Assert.All(sent, head => Assert.Contains("X-Test: yes", head.Item));
        var rate = Assert.Single(baseline.Summary);
        Assert.InRange(failed, 9, 10);
        Assert.Equal(failed, rate.Failed);
        Assert.Equal(failed, rate.Errors["status 503"]);
        Assert.Equal(failed, rate.Latencies[Measure.Page].Errors);
        Assert.Equal(200, rate.Latencies[Measure.Page].Count);
        Assert.Equal(200 - failed, rate.Latencies[Measure.Server].Count);
        Assert.Equal(await File.ReadAllTextAsync($"{Name}.json", TestContext.Current.CancellationToken), run.Output);
    }

    [Fact]
    public async Task Ctrl_C_keeps_the_rounds_that_were_done()
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        await using var run = Baseline(server.Address.ToString(), "--rates", "20,50", "--rounds", "50", "--step", "500ms", "--warm-up", "0s");
        await Eventually.HoldsAsync("the third round", () => run.Messages.Contains("round 3 of 50"));

        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        Assert.False(baseline.Complete);
        Assert.All(baseline.Summary, rate => Assert.InRange(rate.Rounds, 2, 4));
        Assert.All(baseline.Steps.SkipLast(1), step => Assert.False(step.Interrupted));
        Assert.Contains("Interrupted; the rounds that were done are kept. Written: ", run.Messages);
        Assert.True(File.Exists($"{Name}.html"));
        Assert.True(File.Exists($"{Name}.md"));
    }

    [Fact]
    public async Task Ctrl_C_in_the_first_round_writes_nothing()
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        await using var run = Baseline(server.Address.ToString(), "--rates", "20,50", "--step", "1h", "--warm-up", "0s");
        await Eventually.HoldsAsync("the first step", () => run.Messages.Contains("step 1 of "));

        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.EndsWith("Interrupted before the first round was done: nothing was written.\n", run.Messages);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Says_that_nothing_answers()
    {
        using var closed = new ClosedPort();
        await using var run = Baseline(closed.Address.ToString());

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.Contains("does not answer: connection refused. Start Bookinfo with 'bookinfo up', or name another address.", run.Messages);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Says_that_the_warm_up_had_no_good_answer()
    {
        await using var server = new LoadServer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var run = Baseline(server.Address.ToString(), "--rates", "20", "--warm-up", "500ms");

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.Contains("not one of 10 requests of the warm-up was answered as it should be: status 404.", run.Messages);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("html")]
    [InlineData("md")]
    public async Task Files_that_exist_are_not_touched(string extension)
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        await File.WriteAllTextAsync($"{Name}.{extension}", "mine", TestContext.Current.CancellationToken);
        await using var run = Baseline(server.Address.ToString(), "--rates", "20");

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Equal($"bookinfo: --name: '{Name}.{extension}' exists: take another name, or replace it with --overwrite.\n", run.Messages);
        Assert.Equal("mine", await File.ReadAllTextAsync($"{Name}.{extension}", TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(_directory));
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task Files_that_exist_are_replaced_when_that_is_said()
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        await File.WriteAllTextAsync($"{Name}.json", "old", TestContext.Current.CancellationToken);
        await using var run = Baseline(server.Address.ToString(), "--rates", "20", "--rounds", "1", "--step", "500ms", "--warm-up", "0s", "--overwrite");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.Null(Assert.Single(BaselineStore.Read($"{Name}.json").Summary).Latencies[Measure.Page].P50.Low);
    }

    [Theory]
    [InlineData("missing/base", "does not exist: make it, or name another.")]
    [InlineData("/proc/base", "cannot be written to: ")]
    public async Task A_directory_that_cannot_be_written_to_is_told_before_the_run(string name, string message)
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        await using var run = CommandRun.Start("dotnet", [Tool, "baseline", server.Address.ToString(), "--name", name], _directory);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith("bookinfo: --name: the directory '", run.Messages);
        Assert.Contains(message, run.Messages);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task The_pods_of_a_cluster_are_measured_wherever_the_requests_go()
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        using var cluster = Cluster();
        using var sampling = new CancellationTokenSource();
        var samples = SampleAsync(cluster, sampling.Token);
        await using var run = InCluster(cluster, server.Address.ToString(), "--rates", "20", "--rounds", "2", "--step", "500ms", "--warm-up", "500ms");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        await sampling.CancelAsync();
        await samples;
        var baseline = BaselineStore.Read($"{Name}.json");
        Assert.Equal("cluster", baseline.Settings.Subject);
        Assert.Equal($"{server.Address}productpage", baseline.Settings.Target);
        Assert.Equal("v1.30.0", baseline.Environment.Cluster);
        Assert.Equal(["one"], baseline.Environment.Nodes.Select(node => node.Name));
        Assert.Equal(["istio"], baseline.Environment.Mesh);
        var service = Assert.Single(baseline.Services);
        Assert.Equal(("ratings-v1", 1, "bookinfo/ratings:0.1.0"), (service.Name, service.Instances, service.Image));
        Assert.Equal(["istio-proxy"], service.Sidecars);
        // Each sample has 0.5 s more of the service and 0.25 s more of its sidecar, and is a second later: at least one fell between the readings.
        Assert.All(baseline.Steps, step =>
        {
            var use = step.Use["ratings-v1"];
            Assert.True(use.CpuSeconds >= 0.5, $"{use}");
            Assert.Equal(use.CpuSeconds / 2, use.SidecarCpuSeconds, 6);
            Assert.Equal(use.CpuSeconds * 2, use.Seconds, 6);
            Assert.Equal((3e6, 1e6), (use.MemoryBytes, use.SidecarMemoryBytes));
        });
    }

    [Fact]
    public async Task Without_the_right_to_ask_a_kubelet_there_is_a_note_and_latency()
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        using var cluster = Cluster();
        cluster.Refuse("/api/v1/nodes/one/proxy/stats/summary", 403);
        await using var run = InCluster(cluster, server.Address.ToString(), "--rates", "20", "--rounds", "1", "--step", "500ms", "--warm-up", "0s");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        Assert.Empty(Assert.Single(baseline.Steps).Use);
        Assert.Contains(baseline.Notes, note => note.Contains("to ask the kubelets is not allowed (kubectl auth can-i get "));
        Assert.Contains("What ratings-v1 uses was not always known.", baseline.Notes);
    }

    [Fact]
    public async Task A_namespace_without_Bookinfo_is_said()
    {
        using var cluster = new FakeCluster();
        cluster.Put("/api/v1/configmaps", new V1ConfigMapList { Items = [] });
        await using var run = InCluster(cluster, "http://localhost:1/");

        Assert.Equal(ExitCode.NotDeployed, await run.ExitAsync());
        Assert.Contains("nothing is deployed in namespace bookinfo of ", run.Messages);
    }

    [Fact]
    public async Task What_up_runs_is_found_and_measured()
    {
        var ports = FreePorts.Find();
        await using var up = CommandRun.Bookinfo("up", "--port", $"{ports.Page}", "--backend-port", $"{ports.Backends}");
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal), TimeSpan.FromMinutes(2));
        await using var run = Baseline($"http://localhost:{ports.Page}", "--rates", "10,30", "--rounds", "2", "--step", "2s", "--warm-up", "1s");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        string[] services = ["details-v1", "productpage-v1", "ratings-v1", "reviews-v1", "reviews-v2", "reviews-v3"];
        Assert.Equal("local", baseline.Settings.Subject);
        Assert.Equal(services, baseline.Services.Select(service => service.Name));
        Assert.All(baseline.Services, service => Assert.InRange(Assert.Single(service.StartUpSeconds), 0.01, 60));
        foreach (var rate in baseline.Summary)
        {
            Assert.Equal(0, rate.Failed);
            Assert.Equal(Measure.All, rate.Latencies.Keys);
            Assert.Equal(services, rate.Use.Keys);
            Assert.All(rate.Use.Values, use => Assert.InRange(use.MemoryBytes.Mean, 1 << 20, 1 << 30));
            Assert.True(rate.Use["productpage-v1"].CpuPerThousand.Mean > 0);
        }
    }

    [Fact]
    public async Task Where_there_is_nothing_at_all_it_says_what_to_do()
    {
        using var closed = new ClosedPort();
        var options = new BaselineOptions(
            null, Name, false, [20], 1, TimeSpan.FromSeconds(1), TimeSpan.Zero, [], 1, TimeSpan.FromSeconds(1), false, 1, null, "no-such-context", false, OutputFormat.Table);

        var failure = await Assert.ThrowsAsync<CommandFailedException>(
            () => new SubjectFinder(options, closed.Address, TimeProvider.System).FindAsync(TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.TargetUnreachable, failure.ExitCode);
        Assert.StartsWith($"nothing to measure. On this machine no Bookinfo answers at {closed.Address}productpage: 'bookinfo up' starts one. In a cluster: ", failure.Message);
        Assert.EndsWith(" Or name an address.", failure.Message);
    }

    [Theory]
    [InlineData("url 'localhost' is not allowed: it must be http:// or https://", "localhost")]
    [InlineData("--rates '' is not allowed: it must be up to 20 different numbers from 0.1 to 1000000, such as 50,200,500.", "--rates", "")]
    [InlineData("--rates '50,x' is not allowed", "--rates", "50,x")]
    [InlineData("--rates '50,50' is not allowed", "--rates", "50,50")]
    [InlineData("--rates '0' is not allowed", "--rates", "0")]
    [InlineData("--rounds '0' is not allowed: it must be a number from 1 to 100.", "--rounds", "0")]
    [InlineData("--step '1' is not allowed: it must be a time from 100ms to 1h, such as 500ms, 30s or 5m.", "--step", "1")]
    [InlineData("--warm-up '2h' is not allowed: it must be a time from 0s to 1h", "--warm-up", "2h")]
    [InlineData("--name 'x/' is not allowed: it must be the name of a file without its ending.", "--name", "x/")]
    [InlineData("--connections '0' is not allowed", "--connections", "0")]
    [InlineData("--timeout '61s' is not allowed", "--timeout", "61s")]
    [InlineData("--seed '-1' is not allowed", "--seed", "-1")]
    [InlineData("--header 'Host' is not allowed", "--header", "Host")]
    [InlineData("--namespace 'A_b' is not allowed", "--namespace", "A_b")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "--output", "xml")]
    public async Task A_wrong_command_line_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var run = CommandRun.Start("dotnet", [Tool, "baseline", .. arguments], _directory);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", run.Messages);
        Assert.Empty(run.Output);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task On_a_terminal_there_is_a_bar_and_it_fits()
    {
        await using var server = new LoadServer(LoadServer.Ok("page", ServerTiming));
        var command = $"stty cols 80 rows 24; exec dotnet '{Tool}' baseline {server.Address} --rates 20 --rounds 3 --step 1s --warm-up 0s --name '{Name}'";
        await using var terminal = CommandRun.Start("script", ["-qfec", command, "/dev/null"], environment: new() { ["TERM"] = "xterm-256color" });

        Assert.Equal(ExitCode.Success, await terminal.ExitAsync());
        var lines = Control().Replace(terminal.Output, "").Replace('\r', '\n').Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.StartsWith('█') && line.TrimEnd().EndsWith("s left", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.TrimEnd() == "step 3 of 3, round 3 of 3, 20/s");
        Assert.All(lines.Where(line => line.Contains('█') || line.Contains('░')), line => Assert.InRange(line.TrimEnd().Length, 0, 79));
    }

    private static void Hop(RateSummary rate, string measure, double microseconds)
    {
        // To three digits, as histograms have it.
        Assert.Equal(microseconds, rate.Latencies[measure].P50.Mean, microseconds / 1000);
        Assert.Equal(microseconds, rate.Latencies[measure].P999.Mean, microseconds / 1000);
        Assert.Equal(rate.Requests, rate.Latencies[measure].Count);
    }

    /// <summary>A cluster with one pod, which does not tell what it uses, and a sidecar.</summary>
    private static FakeCluster Cluster()
    {
        var cluster = new FakeCluster();
        var pod = FakeCluster.Pod("one");
        pod.Metadata = new V1ObjectMeta { Name = "ratings", Uid = "u", NamespaceProperty = "bookinfo", Labels = new Dictionary<string, string> { ["app"] = "ratings", ["version"] = "v1" } };
        pod.Spec.Containers = [new V1Container { Name = "ratings", Image = "bookinfo/ratings:0.1.0" }, new V1Container { Name = "istio-proxy", Image = "proxy" }];
        pod.Status = new V1PodStatus { Phase = "Running" };
        cluster.Put("/api/v1/namespaces/bookinfo/pods", new V1PodList { Items = [pod] });
        cluster.Put("/api/v1/namespaces/bookinfo/events", new Corev1EventList { Items = [] });
        Sample(cluster, 0);
        return cluster;
    }

    private static void Sample(FakeCluster cluster, int number)
    {
        object Container(string name, double cpu, long memory) => new Dictionary<string, object>
        {
            ["name"] = name,
            ["cpu"] = new Dictionary<string, object> { ["time"] = $"{DateTimeOffset.UnixEpoch.AddSeconds(number):yyyy-MM-ddTHH:mm:ssZ}", ["usageCoreNanoSeconds"] = (long)(cpu * 1e9) },
            ["memory"] = new Dictionary<string, object> { ["workingSetBytes"] = memory },
        };
        cluster.Answer("/api/v1/nodes/one/proxy/stats/summary", 200, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["pods"] = new object[]
            {
                new Dictionary<string, object>
                {
                    ["podRef"] = new Dictionary<string, string> { ["name"] = "ratings", ["namespace"] = "bookinfo", ["uid"] = "u" },
                    ["containers"] = new[] { Container("ratings", 0.5 * number, 3_000_000), Container("istio-proxy", 0.25 * number, 1_000_000) },
                },
            },
        }));
    }

    /// <summary>Makes a sample from time to time, as kubelets do: less often than steps are long.</summary>
    private static async Task SampleAsync(FakeCluster cluster, CancellationToken end)
    {
        for (var number = 1; !end.IsCancellationRequested; number++)
        {
            Sample(cluster, number);
            await Task.Delay(1500, CancellationToken.None);
        }
    }

    private CommandRun Baseline(params string[] arguments) => CommandRun.Start("dotnet", [Tool, "baseline", .. arguments, "--name", Name]);

    private CommandRun InCluster(FakeCluster cluster, string url, params string[] arguments)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory, "config")).FullName, "config");
        File.WriteAllText(file, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: one, cluster: {server: "{{{cluster.Url}}}"}}]
            users: [{name: me, user: {token: secret}}]
            contexts: [{name: first, context: {cluster: one, user: me}}]
            current-context: first
            """);
        return CommandRun.Start("dotnet", [Tool, "baseline", url, "--namespace", "bookinfo", .. arguments, "--name", Name], environment: new() { ["KUBECONFIG"] = file });
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Control();
}
