using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Sessions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using k8s.Models;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo baseline</c> as a process, against a server whose behavior is known.</summary>
public sealed partial class BaselineTests : BaselineRuns
{
    [Fact]
    public async Task Reports_what_a_server_of_known_behavior_does()
    {
        await using var server = new LoadServer(static async (_, stream, cancellationToken) =>
        {
            await LoadServer.HoldAsync(TimeSpan.FromMilliseconds(20), cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok(FakePage.Html, ServerTiming), cancellationToken);
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
        Assert.Empty(baseline.Settings.Headers!);
        Assert.Equal(BaselineSchedule.Make([20, 50], 3, 1), baseline.Steps.Select(step => (step.Round, step.Rate)));
        Assert.Equal([60, 150], baseline.Summary.Select(rate => rate.Requests));
        // Besides those of the steps there are those of the warm-up, and those that look for services behind the page.
        Assert.Equal(60 + 150 + 25, server.Heads.Count(head => head.Contains("traceparent")));
        Assert.All(server.Heads.Where(head => head.Contains("traceparent")), head => Assert.StartsWith("GET /productpage HTTP/1.1", head));
        foreach (var rate in baseline.Summary)
        {
            Assert.Equal(3, rate.Rounds);
            Assert.Equal(0, rate.Failed);
            // How much more is a matter of the machine.
            Assert.InRange(rate.Latencies[Measure.PageFromSend].P50.Mean, 20_000, double.MaxValue);
            Assert.InRange(rate.Latencies[Measure.Page].P50.Mean, rate.Latencies[Measure.PageFromSend].P50.Mean, double.MaxValue);
            Hop(rate, Measure.Server, 12_500);
            Hop(rate, HopMeasure.Details, 3250);
            Hop(rate, HopMeasure.Reviews, 8000);
            Hop(rate, HopMeasure.Ratings, 5000);
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
                Interlocked.Increment(ref requests) % 20 == 0
                    ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
                    : LoadServer.Ok(FakePage.Html, ServerTiming),
                cancellationToken);
            return true;
        });
        await using var run = Baseline(
            $"{server.Address}x?y=z",
            "--rates",
            "100",
            "--rounds",
            "2",
            "--step",
            "1s",
            "--warm-up",
            "0s",
            "--output",
            "json",
            "--header",
            "X-Test: yes");

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
        Assert.Equal(["X-Test"], baseline.Settings.Headers);
    }

    [Fact]
    public async Task Ctrl_C_keeps_the_rounds_that_were_done()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        await using var run = Baseline(
            server.Address.ToString(), "--rates", "20,50", "--rounds", "50", "--step", "500ms", "--warm-up", "0s");
        await Eventually.HoldsAsync("the third round", () => run.Messages.Contains("round 3 of 50"));

        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        Assert.False(baseline.Complete);
        Assert.All(baseline.Summary, rate => Assert.InRange(rate.Rounds, 2, 49));
        Assert.All(baseline.Steps.SkipLast(1), step => Assert.False(step.Interrupted));
        Assert.Contains("Not all rounds were done; those that were are kept. Written: ", run.Messages);
        Assert.True(File.Exists($"{Name}.html"));
        Assert.True(File.Exists($"{Name}.md"));
    }

    [Fact]
    public async Task Ctrl_C_in_the_first_round_writes_nothing()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        await using var run = Baseline(server.Address.ToString(), "--rates", "20,50", "--step", "1h", "--warm-up", "0s");
        await Eventually.HoldsAsync("the first step", () => run.Messages.Contains("step 1 of "));

        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.EndsWith("Interrupted before the first round was done: nothing was written.\n", run.Messages);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Says_that_nothing_answers()
    {
        using var closed = new ClosedPort();
        await using var run = Baseline(closed.Address.ToString());

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.Contains("does not answer: connection refused. Start Bookinfo with 'bookinfo up', or name another address.", run.Messages);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Says_that_the_warm_up_had_no_good_answer()
    {
        await using var server = new LoadServer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var run = Baseline(server.Address.ToString(), "--rates", "20", "--warm-up", "500ms");

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.Contains("none of 10 requests of the warm-up got the expected answer: status 404.", run.Messages);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Says_that_the_warm_up_had_redirects_only()
    {
        await using var server = new LoadServer(
            "HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/x\r\nContent-Length: 0\r\n\r\n");
        await using var run = Baseline(server.Address.ToString(), "--rates", "20", "--warm-up", "500ms");

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.EndsWith(
            "bookinfo: every request of the warm-up was answered with a redirect to https://shop.example/x, and redirects are not "
            + "followed: name the address that it leads to.\n", run.Messages);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Without_a_warm_up_it_says_at_the_end_that_nothing_was_good()
    {
        await using var server = new LoadServer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        await using var run = Baseline(
            server.Address.ToString(), "--rates", "20,40", "--rounds", "1", "--step", "500ms", "--warm-up", "0s");

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.EndsWith("bookinfo: none of 30 requests got the expected answer: status 401. Is that Bookinfo, and is it healthy? "
            + "'bookinfo load' says more.\n", run.Messages);
        Assert.True(BaselineStore.Read($"{Name}.json").Complete);
    }

    [Fact]
    public async Task A_page_that_is_not_complete_is_not_measured()
    {
        await using var server = new LoadServer(LoadServer.Ok("<html>Sorry, maintenance</html>", FakePage.Headers));
        await using var run = Baseline(server.Address.ToString(), "--rates", "20", "--warm-up", "500ms");

        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.Contains("incomplete page", run.Messages);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("shop", false)]
    public async Task A_page_that_tells_nothing_of_its_parts_is_noted(string path, bool isNoted)
    {
        await using var server = new LoadServer(FakePage.Ok);
        await using var run = Baseline(
            $"{server.Address}{path}", "--rates", "20", "--rounds", "1", "--step", "500ms", "--warm-up", "500ms");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        Assert.Equal(isNoted, BaselineStore.Read($"{Name}.json").Notes.Any(
            note => note.StartsWith("No answer had the header Server-Timing", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_kept()
    {
        long sent = 0;
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", cancellationToken);
            var part = new string('x', 64 * 1024);
            while (true)
            {
                await LoadServer.SendAsync(stream, part, cancellationToken);
                Interlocked.Add(ref sent, part.Length);
            }
        });

        Assert.Null(await LocalSubject.FindAsync(
            new Uri(server.Address, "/productpage"), TimeProvider.System, TestContext.Current.CancellationToken));
        // What is under way when it hangs up is a matter of the buffers of the system.
        Assert.InRange(Interlocked.Read(ref sent), 1, 64 << 20);
    }

    [Fact]
    public async Task What_up_runs_is_found_and_measured()
    {
        var ports = FreePorts.Find();
        await using var up = CommandRun.Bookinfo(
            "up", "--no-build", "--port", $"{ports.Page}", "--backend-port", $"{ports.Backends}", "--env", "LOG_FORMAT=json",
            "--env", "ratings:LOG_FORMAT=text", "--env", "productpage:SOME_TOKEN=a-secret");
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));
        await using var run = Baseline(
            $"http://localhost:{ports.Page}", "--rates", "10,30", "--rounds", "2", "--step", "2s", "--warm-up", "1s");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var baseline = BaselineStore.Read($"{Name}.json");
        var services = ServiceCatalog.All.SelectMany(service => service.Versions).Select(version => version.Name).Order().ToList();
        Assert.Equal("local", baseline.Settings.Subject);
        Assert.Equal(services, baseline.Services.Select(service => service.Name));
        // The same figure as in the table of 'up'.
        Assert.All(baseline.Services, service =>
        {
            var row = up.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Single(cells => cells.Length > 6 && $"{cells[0]}-{cells[1]}" == service.Name);
            Assert.Equal(
                Assert.Single(service.StartUpSeconds), double.Parse(row[^3], CultureInfo.InvariantCulture), tolerance: 0.0051);
        });
        foreach (var rate in baseline.Summary)
        {
            Assert.Equal(0, rate.Failed);
            Assert.Equal(Measure.All, rate.Latencies.Keys);
            Assert.Equal(services, rate.Use.Keys);
            Assert.All(rate.Use.Values, use => Assert.InRange(use.MemoryBytes.Mean, 1 << 20, 1 << 30));
            Assert.True(rate.Use["productpage-v1"].CpuPerThousand.Mean > 0);
            // Not known of a service that was not idle when that was measured, because it still compiled its code.
            Assert.All(rate.Use.Values, use => Assert.Equal(use.IdleCores is null, use.OwnCpuPerThousand is null));
        }

        Assert.Contains(baseline.Summary.SelectMany(rate => rate.Use.Values), use => use.OwnCpuPerThousand is not null);

        // Each page is a request to productpage and one to details; a third of them, by reviews v1, needs no ratings.
        Assert.All(baseline.Steps, step =>
        {
            // A request is counted when its answer has been sent, so the last one may be counted after the figures are read.
            Assert.InRange(step.Use["productpage-v1"].Requests!.Value, step.Requests.Sent - 1, step.Requests.Sent + 1);
            Assert.InRange(step.Use["details-v1"].Requests!.Value, step.Requests.Sent - 1, step.Requests.Sent + 1);
            Assert.InRange(step.Use["ratings-v1"].Requests!.Value, 1, step.Requests.Sent - 1);
        });
        Assert.Equal(services, baseline.Setup!.Select(service => service.Service));
        Assert.All(baseline.Setup!, service => Assert.Equal(
            (ServiceSetup.Jit, ProgramVersion.Text, service.Service == "ratings-v1" ? "text" : "json"),
            (service.Build, service.Program, service.Variables!["LOG_FORMAT"])));
        Assert.Equal("set", baseline.Setup!.Single(service => service.Service == "productpage-v1").Variables!["SOME_TOKEN"]);
        Assert.DoesNotContain("a-secret", await File.ReadAllTextAsync($"{Name}.json", TestContext.Current.CancellationToken));
        Assert.Contains(BaselineText.LowRates, baseline.Notes);
    }

    [Fact]
    public async Task Where_there_is_nothing_at_all_it_says_what_to_do()
    {
        using var closed = new ClosedPort();
        var options = new BaselineOptions(
            null, Name, false, [20], 1, TimeSpan.FromSeconds(1), TimeSpan.Zero, [], 1, TimeSpan.FromSeconds(1), false, 1, null,
            "no-such-context", false, OutputFormat.Table);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => new SubjectFinder(options, () => Task.FromResult(closed.Address), TimeProvider.System)
                .FindAsync(null, null, TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.TargetUnreachable, failure.Kind);
        Assert.StartsWith($"nothing to measure. On this machine no Bookinfo answers at {closed.Address}productpage: "
            + "'bookinfo up' starts one. In a cluster: ", failure.Message);
        Assert.EndsWith(" Or name an address.", failure.Message);
    }

    [Theory]
    [InlineData("url 'localhost' is not allowed: it must be http:// or https://", "localhost")]
    [InlineData("--rates '' is not allowed: it must be up to 20 different numbers from 0.1 to 1000000, such as 50,200,500.", "--rates", "")]
    [InlineData("--rates '50,x' is not allowed", "--rates", "50,x")]
    [InlineData("--rates '50,50' is not allowed", "--rates", "50,50")]
    [InlineData("--rates '0' is not allowed", "--rates", "0")]
    [InlineData("--rounds '0' is not allowed: it must be a whole number from 1 to 100.", "--rounds", "0")]
    [InlineData("--step '1' is not allowed: it must be a time from 100ms to 1h, such as 500ms, 30s or 5m.", "--step", "1")]
    [InlineData("--warm-up '2h' is not allowed: it must be a time from 0s to 1h", "--warm-up", "2h")]
    [InlineData("--name 'x/' is not allowed: it must be the name of a file without its ending.", "--name", "x/")]
    [InlineData("--name '.' is not allowed", "--name", ".")]
    [InlineData("--name 'x/..' is not allowed", "--name", "x/..")]
    [InlineData("--connections '0' is not allowed", "--connections", "0")]
    [InlineData("--timeout '61s' is not allowed", "--timeout", "61s")]
    [InlineData("--seed '-1' is not allowed", "--seed", "-1")]
    [InlineData("--header 'Host' is not allowed", "--header", "Host")]
    [InlineData("--namespace 'A_b' is not allowed", "--namespace", "A_b")]
    [InlineData("--output 'xml' is not allowed: it must be table or json.", "--output", "xml")]
    [InlineData("--workers has no effect without --in-cluster.", "--workers", "2")]
    [InlineData("--worker-image has no effect without --in-cluster.", "--worker-image", "i")]
    [InlineData("--workers '0' is not allowed: it must be a whole number from 1 to 100.", "--in-cluster", "--workers", "0")]
    [InlineData(
        "--workers '9' is not allowed: each worker needs a connection, and --connections is 8.", "--in-cluster", "--workers", "9",
        "--connections", "8")]
    public async Task A_wrong_command_line_is_refused_with_what_is_allowed(string message, params string[] arguments)
    {
        await using var run = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "baseline", .. arguments], Folder);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", run.Messages);
        Assert.Empty(run.Output);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task On_a_terminal_there_is_a_bar_and_it_fits()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        var command = $"stty cols 80 rows 24; exec dotnet '{CommandRun.ToolAssembly}' baseline {server.Address} --rates 20 --rounds 3 "
            + $"--step 1s --warm-up 0s --name '{Name}'";
        await using var terminal = CommandRun.Start(
            "script", ["-qfec", command, "/dev/null"], environment: new() { ["TERM"] = "xterm-256color" });

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

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Control();
}
