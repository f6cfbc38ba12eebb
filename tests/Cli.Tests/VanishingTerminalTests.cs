using System.Diagnostics;
using System.Globalization;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// Commands on a terminal of any size, which becomes other ones and then is gone, as when its window is closed or its connection is cut:
/// each ends, in order, and nothing of it is left. The terminal is one of <c>script</c> (bsdutils): when that is killed, it hangs up.
/// </summary>
public sealed class VanishingTerminalTests : IDisposable
{
    /// <summary>What a command may use of a processor, in seconds; the system ends what spins. It needs a few of them.</summary>
    private const int ProcessorSeconds = 60;

    /// <summary>
    /// Of a program that SIGHUP ends (128 + 1), as it does as long as nothing has been begun that would have to be ended in order.
    /// </summary>
    private const int Hangup = 129;

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("up", 1)]
    [InlineData("up", 2)]
    [InlineData("up", 3)]
    [InlineData("load", 4)]
    [InlineData("load", 5)]
    [InlineData("baseline", 6)]
    [InlineData("baseline", 7)]
    [InlineData("doctor", 8)]
    [InlineData("doctor", 9)]
    [InlineData("doctor", 10)]
    public async Task It_ends_in_order(string command, int seed)
    {
        var random = new Random(seed);
        await using var server = new LoadServer(LoadServer.Ok("page"));
        var line = command switch
        {
            "up" => $"up --no-build {string.Join(' ', FreePorts.Find().Options)}",
            "load" => $"load {server.Address}x --rate 50 --duration 3s --ledger '{_directory}/ledger'",
            "baseline" => $"baseline {server.Address} --name '{_directory}/b' --rates 20 --rounds 2 --step 1s --warm-up 0s",
            _ => "doctor",
        };
        var exit = Path.Combine(_directory, "exit");
        var messages = Path.Combine(_directory, "messages");
        // The system tells the shell of the end by SIGHUP. The command either is told by the shell, or has to find out for itself.
        // It runs in the foreground of a shell of its own: the exit code of a background job can get lost when a signal ends 'wait'.
        await File.WriteAllTextAsync(
            Path.Combine(_directory, "run"),
            $$"""
            hang_up() { {{(random.Next(2) == 0 ? $"kill -s HUP $(cat '{_directory}/tool')" : ":")}}; }
            trap hang_up HUP
            tty
            stty cols {{random.Next(0, 201)}} rows {{random.Next(0, 60)}}
            (
                trap : HUP
                ulimit -t {{ProcessorSeconds}}
                bash -c 'echo $$ >"$0"; exec "$@"' '{{_directory}}/tool' '{{WorkingCopy.Root}}/bookinfo' \
                    {{line}} {{(random.Next(2) == 0 ? $"2>'{messages}'" : "")}}
                echo $? >'{{exit}}.new'
                mv '{{exit}}.new' '{{exit}}'
            ) &
            until [ -e '{{exit}}' ]; do wait $!; done

            """,
            TestContext.Current.CancellationToken);
        await using var terminal = CommandRun.Start(
            "script", ["-qfec", $"bash '{_directory}/run'", "/dev/null"],
            environment: new() { ["TERM"] = "xterm-256color", ["KUBECONFIG"] = "/proc/no-such/kubeconfig" });
        var device = (await terminal.LineAsync(text => text.StartsWith("/dev/", StringComparison.Ordinal))).TrimEnd();
        for (var change = random.Next(1, 15); change > 0 && !File.Exists(exit); change--)
        {
            await ResizeAsync(device, random.Next(0, 201), random.Next(0, 60));
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
        }

        await terminal.SignalAsync("KILL");

        await Eventually.HoldsAsync("an exit code", () => File.Exists(exit));
        var exitCode = int.Parse(await File.ReadAllTextAsync(exit, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        Assert.Contains(exitCode, new[] { ExitCode.Success, ExitCode.Failure, ExitCode.ProblemFound, ExitCode.Interrupted, Hangup });
        await terminal.NothingSurvivesAsync();
        Assert.DoesNotContain(
            "   at ",
            terminal.Output + (File.Exists(messages) ? await File.ReadAllTextAsync(messages, TestContext.Current.CancellationToken) : ""));
    }

    /// <summary>Makes the terminal another size, as a window does that is drawn larger. It may be gone already.</summary>
    private static async Task ResizeAsync(string device, int columns, int rows)
    {
        var start = new ProcessStartInfo("stty", ["-F", device, "cols", $"{columns}", "rows", $"{rows}"]) { RedirectStandardError = true };
        using var stty = Process.Start(start)!;
        await stty.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
