using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo baseline</c> of two systems, as a process, against servers whose behavior is known.</summary>
public sealed class BaselinePairTests : BaselineRuns
{
    [Fact]
    public async Task Two_servers_get_the_same_requests_in_turns_and_their_difference_is_told()
    {
        await using var first = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        await using var second = Slow(TimeSpan.FromMilliseconds(30));
        await using var run = Baseline(
            $"{first.Address}", $"{second.Address}", "--rounds", "6", "--step", "1s", "--rates", "40", "--warm-up", "0.25s", "--seed", "4");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var paired = BaselineStore.ReadPaired($"{Name}.json");
        Assert.True(paired.Complete);
        Assert.Equal(6, paired.Pairs.Count);
        foreach (var file in new[] { paired.Before, paired.After })
        {
            Assert.Equal([40, 40, 40, 40, 40, 40], file.Steps.Select(step => step.Requests.Due));
            Assert.All(file.Steps, step => Assert.Equal(0, step.Requests.Failed + step.Requests.Unsent));
        }

        // The first is measured alone as well, for a quarter of the time.
        Assert.Equal((6 * 40) + 10, second.Heads.Count(IsOfMeasurement));
        Assert.Equal((6 * (40 + 10)) + 10, first.Heads.Count(IsOfMeasurement));
        var page = PairedComparison.Of(paired, "x").Rates[0].Find(Measure.PageFromSend, FigureName.P50)
            ?? PairedComparison.Of(paired, "x").Rates[0].Find(Measure.Page, FigureName.P50)!;
        Assert.InRange(page.Difference, 20_000, double.MaxValue);
        Assert.Contains("Both were measured in one run, in turns of one request", run.Output);
        Assert.All(run.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(
            $"Before:  {first.Address}productpage, latency only\nAfter:   {second.Address}productpage, latency only\n", run.Messages);
        Assert.Contains($"Written: {Name}.json, {Name}.html, {Name}.md\n", run.Messages);

        await using var compare = CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "compare", Name, "--fail-on", "p50:+1ms"]);
        Assert.Equal(ExitCode.Regression, await compare.ExitAsync());
        Assert.Contains("bookinfo: --fail-on 'p50:+1ms' at 40/s: +", compare.Messages);
    }

    [Fact]
    public async Task The_first_is_measured_alone_after_each_step_and_not_before_it_when_that_would_warm_it()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        var port = server.Address.Port;
        await using var run = Baseline(
            $"http://127.0.0.1:{port}", $"http://localhost:{port}", "--rounds", "6", "--step", "1s", "--rates", "40", "--warm-up", "0.25s",
            "--seed", "4");

        Assert.Equal(ExitCode.Success, await run.ExitAsync());
        var ofSecond = server.Heads.Where(IsOfMeasurement)
            .Select(head => head.Contains("\r\nHost: localhost:", StringComparison.OrdinalIgnoreCase))
            .ToList();
        var lastOfSteps = ofSecond.Index()
            .Where(head => head.Item)
            .Select(head => head.Index)
            .Skip(10)
            .Chunk(40)
            .Select(step => step[^1])
            .ToList();
        Assert.Equal(6, lastOfSteps.Count);
        // When the second gets the last request of a step, the first has got no more than it, but for what it got after the earlier steps.
        Assert.All(lastOfSteps.Index(), step =>
        {
            var second = ofSecond.Take(step.Item + 1).Count(isOfSecond => isOfSecond);
            var first = step.Item + 1 - second;
            Assert.InRange(first - second, int.MinValue, 10 * step.Index);
        });
    }

    [Fact]
    public async Task A_control_and_a_command_between_rounds()
    {
        await using var server = new LoadServer(LoadServer.Ok(Page, ServerTiming));
        var log = $"{Name}.log";
        await using var run = Baseline(
            $"{server.Address}", $"{server.Address}", "--control", $"{server.Address}", "--rounds", "3", "--step", "0.5s", "--rates", "20",
            "--warm-up", "0s", "--between", $"echo again >> '{log}'; sleep 1000 & echo $! >> '{log}.pids'", "--output", "json");
        try
        {
            Assert.Equal(ExitCode.Success, await run.ExitAsync());
        }
        finally
        {
            foreach (var pid in File.Exists($"{log}.pids") ? File.ReadAllLines($"{log}.pids") : [])
            {
                await Signal.SendAsync("KILL", int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        Assert.Equal(["again", "again"], await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
        var paired = BaselineStore.ReadPaired($"{Name}.json");
        Assert.True(paired.Restarted);
        Assert.NotNull(paired.Control);
        Assert.All(paired.Pairs, step => Assert.NotNull(step.Control));
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.True(report.GetProperty("inTurns").GetBoolean());
        Assert.Equal(JsonValueKind.Object, report.GetProperty("rates")[0].GetProperty("figures")[0].GetProperty("control").ValueKind);
    }

    [Theory]
    [InlineData("echo; echo that went wrong >&2; exit 3", "the command of --between ended with exit code 3: that went wrong.")]
    [InlineData("kill -9 $$", "the command of --between ended with exit code 137, SIGKILL.")]
    public async Task A_command_between_rounds_that_fails_ends_it_and_the_rounds_are_kept(string command, string message)
    {
        await using var server = new LoadServer(LoadServer.Ok(Page, ServerTiming));
        await using var run = Baseline(
            $"{server.Address}", $"{server.Address}", "--rounds", "3", "--step", "0.5s", "--rates", "20", "--warm-up", "0s", "--between",
            command);

        Assert.Equal(ExitCode.Failure, await run.ExitAsync());
        Assert.EndsWith($"bookinfo: {message}\n", run.Messages);
        var paired = BaselineStore.ReadPaired($"{Name}.json");
        Assert.False(paired.Complete);
        Assert.Single(paired.Pairs);
    }

    [Fact]
    public async Task Ctrl_C_keeps_the_rounds_that_were_done()
    {
        await using var server = new LoadServer(LoadServer.Ok(FakePage.Html, ServerTiming));
        await using var run = Baseline(
            $"{server.Address}", $"{server.Address}", "--rounds", "50", "--step", "0.5s", "--rates", "20", "--warm-up", "0s");
        await Eventually.HoldsAsync("the third round", () => run.Messages.Contains("round 3 of 50", StringComparison.Ordinal));

        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        var paired = BaselineStore.ReadPaired($"{Name}.json");
        Assert.False(paired.Complete);
        Assert.InRange(paired.Pairs.Count, 2, 49);
        Assert.Contains("Not all rounds were done; those that were are kept. Written: ", run.Messages);
    }

    [Theory]
    [InlineData(
        "--control has no effect on one system: name a second one by its url or by --against.", "http://localhost:1", "--control",
        "http://localhost:2")]
    [InlineData(
        "--between has no effect on one system: name a second one by its url or by --against.", "http://localhost:1", "--between", "true")]
    [InlineData("--in-cluster measures only one system. Two are measured from this machine.", "--against", "other", "--in-cluster")]
    [InlineData(
        "--control 'x' is not allowed: it must be http:// or https://", "http://localhost:1", "http://localhost:2", "--control", "x")]
    [InlineData("url 'x' is not allowed: it must be http:// or https://", "http://localhost:1", "x")]
    [InlineData(
        "--namespace says where the pods of the first system are: name those of the second as well, with --against.",
        "http://localhost:1", "http://localhost:2", "--namespace", "shop")]
    [InlineData("--against 'A_b' is not allowed: it must be 1 to 63 of a-z", "--against", "A_b")]
    public async Task What_makes_no_sense_is_refused(string message, params string[] options)
    {
        await using var run = Baseline(options);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith($"bookinfo: {message}", run.Messages);
    }

    private const string Page = "<title>Simple Bookstore App</title>" + FakePage.Html;

    private static bool IsOfMeasurement(string head) => head.Contains("traceparent", StringComparison.Ordinal);

    private static LoadServer Slow(TimeSpan time) => new(async (_, stream, cancellationToken) =>
    {
        await LoadServer.HoldAsync(time, cancellationToken);
        await LoadServer.SendAsync(stream, LoadServer.Ok(FakePage.Html, ServerTiming), cancellationToken);
        return true;
    });
}
