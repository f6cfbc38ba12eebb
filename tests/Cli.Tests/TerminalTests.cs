using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary><c>bookinfo up</c> on a terminal of 80 by 24, which <c>script</c> (bsdutils) provides.</summary>
public sealed partial class TerminalTests
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private readonly FreePorts _ports = FreePorts.Find();

    [Fact]
    public async Task The_table_stays_live_and_fits_and_the_terminal_is_given_back()
    {
        var command = $"stty cols 80 rows 24; exec '{WorkingCopy.Root}/bookinfo' up --no-build {string.Join(' ', _ports.Options)}";
        await using var terminal = CommandRun.Start(
            "script", ["-qfec", command, "/dev/null"], environment: new() { ["TERM"] = "xterm-256color" });
        await Eventually.HoldsAsync(
            "six ready services",
            () => LastTable(terminal).Count(line => line.TrimEnd().EndsWith("  ready", StringComparison.Ordinal)) == 6);

        var ratings = LastTable(terminal).Single(line => line.StartsWith("ratings", StringComparison.Ordinal));
        await Signal.SendAsync(
            "KILL", int.Parse(ratings.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture));
        await Eventually.HoldsAsync(
            "a restart", () => Lines(terminal).Any(line => line.Contains("restarting in 1 s (exit code 137, SIGKILL), restart 1")));
        await Eventually.HoldsAsync(
            "its end", () => LastTable(terminal).Any(line => line.Contains("restarts: 1, last time after exit code 137, SIGKILL")));

        await terminal.Input.WriteAsync('\x03');
        await terminal.Input.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Success, await terminal.ExitAsync());
        Assert.Contains(HideCursor, terminal.Output);
        Assert.True(terminal.Output.LastIndexOf(ShowCursor, StringComparison.Ordinal) > terminal.Output.LastIndexOf(
            HideCursor, StringComparison.Ordinal));
        Assert.All(Lines(terminal), line => Assert.InRange(line.TrimEnd().Length, 0, 79));
        Assert.Contains("Stopped.", Lines(terminal)[^1]);
        Assert.Contains(
            Lines(terminal), line => line.StartsWith($"Open http://localhost:{_ports.Page}/productpage", StringComparison.Ordinal));
        Assert.InRange(
            terminal.Output.IndexOf("Starting.", StringComparison.Ordinal),
            0,
            terminal.Output.IndexOf("Open http", StringComparison.Ordinal));
        await terminal.NothingSurvivesAsync();
    }

    /// <summary>Ctrl-\, or a third Ctrl-C where something hangs: nothing is tidied up but what a person would have to do by hand.</summary>
    [Fact]
    public async Task What_is_ended_at_once_leaves_the_cursor_visible()
    {
        await using var server = new LoadServer(LoadServer.Ok("a"));
        var command =
            $"ulimit -c 0; stty cols 80 rows 24; exec '{WorkingCopy.Root}/bookinfo' load {server.Address}x --rate 1 --duration 1h";
        await using var terminal = CommandRun.Start(
            "script", ["-qfec", command, "/dev/null"], environment: new() { ["TERM"] = "xterm-256color" });
        await Eventually.HoldsAsync("a live view", () => terminal.Output.Contains(HideCursor, StringComparison.Ordinal));

        await terminal.Input.WriteAsync('\x1c');
        await terminal.Input.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(131, await terminal.ExitAsync());
        Assert.True(terminal.Output.LastIndexOf(ShowCursor, StringComparison.Ordinal) > terminal.Output.LastIndexOf(
            HideCursor, StringComparison.Ordinal));
    }

    private static string[] Lines(CommandRun terminal) =>
        // What the terminal itself writes when Ctrl-C is pressed is not ours.
        Control().Replace(terminal.Output, "").Replace("^C", "").Replace('\r', '\n').Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] LastTable(CommandRun terminal)
    {
        var lines = Lines(terminal);
        var heading = Array.FindLastIndex(lines, line => line.StartsWith("SERVICE", StringComparison.Ordinal));
        return heading < 0 ? [] : lines[(heading + 1)..];
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Control();
}
