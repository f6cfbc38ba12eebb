using System.Globalization;
using System.Text.RegularExpressions;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// What is typed while lines are redrawn on a terminal, which <c>script</c> (bsdutils) provides: it does not show, and afterwards the
/// terminal is as it was, however the command ends.
/// </summary>
public sealed partial class TypingTests : IAsyncDisposable
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string Typed = "what-is-typed";

    private readonly LoadServer _server = new(LoadServer.Ok("a"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    // Ctrl-C; Ctrl-\, which ends it at once; and signals from elsewhere.
    [InlineData("\x03", null)]
    [InlineData("\x1c", null)]
    [InlineData(null, "TERM")]
    [InlineData(null, "HUP")]
    public async Task It_does_not_show_and_the_terminal_is_given_back(string? key, string? signal)
    {
        await using var terminal = Start("echo $$; exec \"$@\"");
        var process = int.Parse(
            await terminal.LineAsync(static line => line.TrimEnd() is { Length: > 0 } text && text.All(char.IsAsciiDigit)),
            CultureInfo.InvariantCulture);
        await LiveAsync(terminal, views: 1);

        await TypeAsync(terminal, Typed + (key ?? ""));
        if (signal is not null)
        {
            await Signal.SendAsync(signal, process);
        }

        await terminal.LineAsync(line => line.Contains("afterwards", StringComparison.Ordinal));
        Assert.Equal(0, await terminal.ExitAsync());
        Assert.DoesNotContain(Typed, terminal.Output);
        Assert.DoesNotContain("^", Control().Replace(terminal.Output, ""));
        Assert.Contains("afterwards echo", terminal.Output);
        Assert.True(terminal.Output.LastIndexOf(ShowCursor, StringComparison.Ordinal)
            > terminal.Output.LastIndexOf(HideCursor, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ctrl_Z_gives_the_terminal_back_until_it_goes_on()
    {
        await using var terminal = Start("""
            set -m
            "$@"
            echo "stopped $(stty -a | grep -o -- '-\?echo\b')"
            fg
            """);
        await LiveAsync(terminal, views: 1);

        await TypeAsync(terminal, "\x1a");

        // It goes on below what the shell has said.
        await LiveAsync(terminal, views: 2);
        Assert.Contains("stopped echo", terminal.Output);
        string After() => terminal.Output[terminal.Output.IndexOf("stopped echo", StringComparison.Ordinal)..];
        await Eventually.HoldsAsync("lines that are redrawn", () => Up().IsMatch(After()));
        var up = Up().Match(After());
        Assert.Equal(
            int.Parse(up.Groups["lines"].Value, CultureInfo.InvariantCulture),
            After()[After().IndexOf(HideCursor, StringComparison.Ordinal)..up.Index].Count(character => character == '\n'));
        await TypeAsync(terminal, Typed);
        await TypeAsync(terminal, "\x03");
        Assert.Equal(0, await terminal.ExitAsync());
        Assert.DoesNotContain(Typed, terminal.Output);
        Assert.Contains("afterwards echo", terminal.Output);
    }

    /// <summary>Runs a load in a shell, and then says whether what is typed shows.</summary>
    /// <param name="script">Runs it; the command are its arguments.</param>
    private CommandRun Start(string script)
    {
        var command = $$"""
            trap : INT QUIT TERM HUP; ulimit -c 0; stty cols 80 rows 24
            bash -c {{Quote(script)}} bash '{{WorkingCopy.Root}}/bookinfo' load {{_server.Address}}x --rate 1 --duration 1h
            echo "afterwards $(stty -a | grep -o -- '-\?echo\b')"
            """;
        return CommandRun.Start("script", ["-qfec", command, "/dev/null"], environment: new() { ["TERM"] = "xterm-256color" });
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static Task LiveAsync(CommandRun terminal, int views) => Eventually.HoldsAsync(
        "a live view", () => terminal.Output.Split(HideCursor).Length > views);

    private static async Task TypeAsync(CommandRun terminal, string text)
    {
        await terminal.Input.WriteAsync(text);
        await terminal.Input.FlushAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"\e\[(?<lines>[0-9]+)A")]
    private static partial Regex Up();

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Control();
}
