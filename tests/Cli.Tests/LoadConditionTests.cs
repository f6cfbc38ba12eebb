using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>load --fail-on</c> and <c>--html</c>: exit codes and files.</summary>
public sealed class LoadConditionTests : IDisposable
{
    private const string Unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(ExitCode.Success, "errors:1%")]
    [InlineData(ExitCode.Success, "p50:10s", "max:60s")]
    [InlineData(ExitCode.Regression, "max:1us")]
    // One in ten thousand cannot be told by a hundred.
    [InlineData(ExitCode.Inconclusive, "errors:1%", "p99.9:10s")]
    [InlineData(ExitCode.Regression, "p99.9:10s", "max:1us")]
    public async Task The_exit_code_says_whether_the_conditions_hold(int exitCode, params string[] conditions)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = LoadCommandRun.Start(
            [$"{server.Address}x", "--rate", "100", "--duration", "1s", .. conditions.SelectMany(text => new[] { "--fail-on", text })]);

        Assert.Equal(exitCode, await load.ExitAsync());
        Assert.All(conditions, text => Assert.Contains($"--fail-on '{text}': ", load.Output));
        Assert.Equal(exitCode != ExitCode.Success, load.Messages.Contains("bookinfo: --fail-on '"));
    }

    [Theory]
    [InlineData("pass", ExitCode.Success)]
    [InlineData("fail", ExitCode.Regression)]
    public async Task What_cannot_be_decided_counts_as_asked_for(string rule, int exitCode)
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--rate", "100", "--duration", "0.5s", "--fail-on", "p99:10s", "--inconclusive", rule, "--output",
            "json");

        Assert.Equal(exitCode, await load.ExitAsync());
        var condition = JsonDocument.Parse(load.Output).RootElement.GetProperty("conditions")[0];
        Assert.Equal("p99:10s", condition.GetProperty("condition").GetString());
        Assert.Equal("inconclusive", condition.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("spike", "before")]
    [InlineData("steps", "step 1")]
    public async Task The_phase_that_broke_is_named_in_text_JSON_and_picture(string profile, string phase)
    {
        await using var server = new LoadServer(Unavailable);
        string[] arguments = [$"{server.Address}x", "--rate", "50", "--duration", "1s", "--profile", profile, "--fail-on", "errors:1%"];
        var page = Path.Combine(_directory, "page.html");
        await using var text = LoadCommandRun.Start([.. arguments, "--html", page]);
        await using var json = LoadCommandRun.Start([.. arguments, "--output", "json"]);

        Assert.Equal(ExitCode.Regression, await text.ExitAsync());
        Assert.Contains($"\nprofile {profile} for 1 s, even arrivals", text.Output);
        Assert.Contains($"Broke: {phase} (", text.Output);
        Assert.Contains($"violated, first in the phase '{phase}' (", text.Output.ReplaceLineEndings(" "));
        Assert.Equal(ExitCode.Regression, await json.ExitAsync());
        var first = JsonDocument.Parse(json.Output).RootElement.GetProperty("phases")[0];
        Assert.Equal((phase, "100.0% failed"), (first.GetProperty("name").GetString(), first.GetProperty("broke").GetString()));
        Assert.Contains($"Broke: {phase}, all after it.", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_page_that_exists_is_kept_unless_told_otherwise()
    {
        var page = Path.Combine(_directory, "page.html");
        await File.WriteAllTextAsync(page, "kept", TestContext.Current.CancellationToken);
        await using var server = new LoadServer(LoadServer.Ok());
        string[] arguments = [$"{server.Address}x", "--rate", "50", "--duration", "100ms", "--html", page];

        await using (var refused = LoadCommandRun.Start(arguments))
        {
            Assert.Equal(ExitCode.InvalidUsage, await refused.ExitAsync());
            Assert.Equal($"bookinfo: --html: the file '{page}' exists. Name another one, or say --overwrite.\n", refused.Messages);
            Assert.Equal((0, "kept"), (server.Connections, await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken)));
        }

        await using (var told = LoadCommandRun.Start([.. arguments, "--overwrite"]))
        {
            Assert.Equal(ExitCode.Success, await told.ExitAsync());
            Assert.StartsWith("<!DOCTYPE html>", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
        }

        // In an empty file there is nothing to keep.
        await File.WriteAllTextAsync(page, "", TestContext.Current.CancellationToken);
        await using var empty = LoadCommandRun.Start(arguments);
        Assert.Equal(ExitCode.Success, await empty.ExitAsync());
        Assert.StartsWith("<!DOCTYPE html>", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_page_that_cannot_be_written_is_told_after_the_report()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        await using var load = LoadCommandRun.Start(
            $"{server.Address}x", "--rate", "50", "--duration", "0.5s", "--html", "/dev/full", "--fail-on", "p99:10s");

        Assert.Equal(ExitCode.Failure, await load.ExitAsync());
        Assert.Contains("REQUESTS    25 due   25 good", load.Output);
        Assert.Contains("bookinfo: --html: the file '/dev/full' could not be written: ", load.Messages);
    }

    [Theory]
    [InlineData("--fail-on 'p99:+20%' is not allowed: it must be [what:]figure:limit", "--fail-on", "p99:+20%")]
    [InlineData("--inconclusive has no effect without --fail-on.", "--inconclusive", "pass")]
    [InlineData("--fail-on cannot be combined with --until-saturated", "--fail-on", "p99:1s", "--until-saturated")]
    [InlineData("--html cannot be combined with --until-saturated", "--html", "x.html", "--until-saturated")]
    [InlineData("--hdr and --html: 'nothing' and 'nothing' are the same file: name two.", "--hdr", "nothing", "--html", "nothing")]
    [InlineData(
        "--html: the file '/nowhere/x.html' cannot be written: its directory does not exist: create it, or name another.", "--html",
        "/nowhere/x.html")]
    [InlineData("--html: the file '/proc/x.html' cannot be written: ", "--html", "/proc/x.html")]
    [InlineData("--html: the file '/tmp' cannot be written: it is a directory.", "--html", "/tmp")]
    [InlineData(
        "--duration '7s' is not allowed with --until-saturated at this --rate: each rate is tried at least twice, with at least 100 "
        + "requests, which takes at least 8s.", "--until-saturated", "--duration", "7s")]
    public async Task What_cannot_be_meant_is_refused(string message, params string[] arguments)
    {
        await using var load = LoadCommandRun.Start(["http://127.0.0.1:1/x", .. arguments]);

        Assert.Equal(ExitCode.InvalidUsage, await load.ExitAsync());
        Assert.Contains(message, load.Messages.ReplaceLineEndings(" "));
    }
}
