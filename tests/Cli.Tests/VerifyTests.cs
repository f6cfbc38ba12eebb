using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo verify</c> as a process.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly FreePorts _ports = FreePorts.Find();

    private string Ledger => Path.Combine(_directory, "ledger");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_up_runs_shows_exactly_what_happened_and_still_does_when_asked_again()
    {
        await using var up = CommandRun.Bookinfo(
            ["up", "--no-build", "--prometheus", "--prometheus-port", $"{_ports.Prometheus}", .. _ports.Options, "--output", "json"]);
        await up.ReadyAsync();

        await using var run = Verify(
            $"localhost:{_ports.Page}", "--rate", "100", "--requests", "200", "--keep", Ledger, "--output", "json");
        var code = await run.ExitAsync();
        var report = JsonDocument.Parse(run.Output).RootElement;
        Assert.True(code == ExitCode.Success, run.ToString());
        Assert.Equal("exact", report.GetProperty("verdict").GetString());
        Assert.Equal(Ledger, report.GetProperty("ledger").GetString());
        // Both in one run: what is asked of the application is in no figure of the metrics.
        var signals = report.GetProperty("signals").EnumerateArray().ToList();
        Assert.Equal(["app", "metrics"], signals.Select(one => one.GetProperty("signal").GetString()));
        Assert.Equal(12, signals[0].GetProperty("checks").GetArrayLength());
        Assert.InRange(report.GetProperty("requests").GetInt64(), 201, 220);
        Assert.Contains($"The ledger of the run is '{Ledger}'.\n", run.Messages);

        await using var again = Verify("--ledger", Ledger, "--prometheus", $"localhost:{_ports.Prometheus}");
        Assert.Equal(ExitCode.Success, await again.ExitAsync());
        Assert.StartsWith("Exactly as it happened: metrics agree with every request.", again.Output);

        await using var page = Verify("--ledger", Ledger, "--prometheus", $"localhost:{_ports.Prometheus}", "--output", "html");
        Assert.Equal(ExitCode.Success, await page.ExitAsync());
        Assert.StartsWith("<!DOCTYPE html>", page.Output);

        // Not before: its requests would be surplus to what is asked of that run.
        await using var app = Verify($"localhost:{_ports.Page}", "--app", "--output", "json");
        Assert.Equal(ExitCode.Success, await app.ExitAsync());
        var alone = JsonDocument.Parse(app.Output).RootElement;
        Assert.Equal("app", Assert.Single(alone.GetProperty("signals").EnumerateArray()).GetProperty("signal").GetString());
        Assert.False(alone.TryGetProperty("ledger", out _));
    }

    [Fact]
    public async Task Says_that_there_is_nothing_to_verify()
    {
        using var nobody = new ClosedPort();
        await using var run = Verify(nobody.Address.AbsoluteUri);
        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.StartsWith("bookinfo: there is nothing to verify: name a Prometheus (--prometheus)", run.Messages);

        await using var unreachable = Verify(
            nobody.Address.AbsoluteUri, "--no-app", "--prometheus", nobody.Address.AbsoluteUri, "--keep", Ledger);
        Assert.Equal(ExitCode.TargetUnreachable, await unreachable.ExitAsync());
        Assert.StartsWith($"bookinfo: no Prometheus answers at {nobody.Address}", unreachable.Messages);

        await using var app = Verify(nobody.Address.AbsoluteUri, "--app");
        Assert.Equal(ExitCode.TargetUnreachable, await app.ExitAsync());
        Assert.StartsWith($"bookinfo: {nobody.Address.GetLeftPart(UriPartial.Authority)} does not answer: ", app.Messages);
    }

    [Theory]
    [InlineData("--requests and --duration cannot be combined: use one of the two.", "--requests", "5", "--duration", "5s")]
    [InlineData(
        "--requests '4320001' is not allowed at this --rate: to send them would take more than 24h.", "--requests", "4320001")]
    [InlineData("--rate has no effect with --ledger: nothing is sent.", "--ledger", "a", "--rate", "5")]
    [InlineData("Leave the url out with --ledger: nothing is sent.", "http://localhost:1", "--ledger", "a")]
    [InlineData("--overwrite has no effect without --keep.", "--overwrite")]
    [InlineData("--loki-query has no effect without --loki.", "--loki-query", "{app=\"a\"}")]
    [InlineData("--tenant has no effect without --tempo or --loki.", "--tenant", "a")]
    [InlineData("--tenant 'ä' is not allowed: it must be a name in ASCII.", "--loki", "localhost:1", "--tenant", "ä")]
    [InlineData("--index has no effect without --elasticsearch.", "--index", "logs-*")]
    [InlineData("--no-app has no effect with --ledger: nothing is sent.", "--ledger", "a", "--no-app")]
    [InlineData("--rate has no effect with --app: nothing but the application is checked.", "--app", "--rate", "5")]
    [InlineData("--no-app has no effect with --app: nothing but the application is checked.", "--app", "--no-app")]
    [InlineData("--app has no effect with --scenario: what it declares is verified, with its own requests.",
        "--app", "--scenario", "slow-ratings")]
    [InlineData("--namespace has no effect without --pod-logs.", "--ledger", "a", "--namespace", "b")]
    [InlineData("--context has no effect without --pod-logs.", "--ledger", "a", "--context", "b")]
    [InlineData("--pod-logs has no effect with --app: nothing but the application is checked.", "--app", "--pod-logs")]
    [InlineData("--output 'xml' is not allowed: it must be table, json, junit or html.", "--output", "xml")]
    public async Task Refuses_what_would_be_ignored(string message, params string[] arguments)
    {
        await using var run = Verify(arguments);
        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Contains($"bookinfo: {message}\n", run.Messages);
    }

    [Theory]
    [InlineData("--jaeger")]
    [InlineData("--tempo")]
    [InlineData("--zipkin")]
    [InlineData("--loki")]
    [InlineData("--elasticsearch")]
    public async Task Asks_a_platform_with_a_password_that_is_never_shown(string option)
    {
        await using var page = new LoadServer(FakePage.AnswerAsync);
        using var nobody = new ClosedPort();
        var address = $"{nobody.Address.Scheme}://me:secret@{nobody.Address.Authority}";
        await using var run = Verify(page.Address.ToString(), "--no-app", "--requests", "1", option, address, "--keep", Ledger);
        Assert.Equal(ExitCode.TargetUnreachable, await run.ExitAsync());
        Assert.Matches($"^bookinfo: no {option[2..]} answers at {nobody.Address}: .*\n$", run.Messages.ToLowerInvariant());

        foreach (var wrong in new[] { $"{address}#x", "me:secret@host:1", "http://me:secret#x@host", "ftp://me:secret@host" })
        {
            await using var refused = Verify(option, wrong);
            Assert.Equal(ExitCode.InvalidUsage, await refused.ExitAsync());
            Assert.Contains($"bookinfo: {option} '", refused.Messages);
            Assert.DoesNotContain("secret", refused.Messages);
        }
    }

    [Fact]
    public async Task Refuses_what_is_no_ledger()
    {
        await using var missing = Verify("--ledger", Ledger);
        Assert.Equal(ExitCode.InvalidUsage, await missing.ExitAsync());
        await File.WriteAllTextAsync(Ledger, "something else", TestContext.Current.CancellationToken);
        await using var other = Verify("--ledger", Ledger);
        Assert.Equal(ExitCode.InvalidUsage, await other.ExitAsync());
        Assert.Contains("is not a ledger", other.Messages);
    }

    [Fact]
    public async Task Leaves_a_file_as_it_is_that_came_after_the_start()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "details.log"), "", TestContext.Current.CancellationToken);
        await using var server = new LoadServer(async (number, head, stream, cancellationToken) =>
        {
            await File.WriteAllTextAsync(Ledger, "kept", cancellationToken);
            return await FakePage.AnswerAsync(number, head, stream, cancellationToken);
        });
        await using var run = Verify(server.Address.ToString(), "--no-app", "--requests", "1", "--logs", _directory, "--keep", Ledger);

        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Equal($"bookinfo: --keep: the file '{Ledger}' exists. Name another one, or say --overwrite.\n", run.Messages);
        Assert.Equal("kept", await File.ReadAllTextAsync(Ledger, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Refuses_to_keep_a_ledger_where_nothing_is_kept()
    {
        using var nobody = new ClosedPort();
        await using var run = Verify(
            nobody.Address.AbsoluteUri, "--prometheus", nobody.Address.AbsoluteUri, "--keep", "/dev/null");
        Assert.Equal(ExitCode.InvalidUsage, await run.ExitAsync());
        Assert.Equal("bookinfo: --keep: '/dev/null' does not keep what is written to it: name a file.\n", run.Messages);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_questions_about_an_earlier_run()
    {
        await using var page = new LoadServer(FakePage.AnswerAsync);
        await using var load = CommandRun.Start(
            "dotnet", [CommandRun.ToolAssembly, "load", page.Address.ToString(), "--duration", "100ms", "--ledger", Ledger]);
        Assert.Equal(ExitCode.Success, await load.ExitAsync());

        await using var silent = new LoadServer(async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return false;
        });
        await using var run = Verify("--ledger", Ledger, "--prometheus", silent.Address.ToString());
        await run.DoesAsync("a question", () => silent.Requests > 0);
        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.Equal($"Interrupted. The ledger '{Ledger}' is kept: 'bookinfo verify --ledger' takes it again.\n", run.Messages);
        Assert.True(File.Exists(Ledger));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_checks_of_an_application_that_does_not_answer()
    {
        await using var silent = new LoadServer(async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return false;
        });
        await using var run = Verify(silent.Address.ToString(), "--app", "--timeout", "60s");
        await run.DoesAsync("a question", () => silent.Requests > 0);
        await run.SignalAsync("INT");

        Assert.Equal(ExitCode.Interrupted, await run.ExitAsync());
        Assert.Equal("Interrupted; the application was not checked in full.\n", run.Messages);
    }

    private static CommandRun Verify(params string[] arguments) =>
        CommandRun.Start("dotnet", [CommandRun.ToolAssembly, "verify", .. arguments]);
}
