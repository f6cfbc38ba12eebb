using System.Globalization;
using System.Text.Json;
using Bookinfo.Cli.Terminal;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>How <c>bookinfo up</c> ends, and what it does when a service does: no process survives it.</summary>
public sealed class UpEndTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    [Fact]
    public async Task Ctrl_C_stops_everything_callers_first()
    {
        await using var up = await ReadyAsync();

        // To the whole group, as the terminal sends it.
        await up.SignalGroupAsync("INT");

        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Equal("Stopped.\n", up.Messages);
        Assert.Empty(up.Alive);
        var stopped = up.Output.Split('\n').Where(line => line.Contains("\"state\":\"stopped\"")).ToList();
        Assert.Equal(6, stopped.Count);
        Assert.Contains("productpage", stopped[0]);
        Assert.All(stopped.Skip(1).Take(3), line => Assert.Contains("reviews", line));
        Assert.Contains("ratings", stopped[4]);
        Assert.Contains("details", stopped[5]);
        Assert.DoesNotContain("restarting", up.Output);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_signal_to_end_stops_everything(string signal)
    {
        await using var up = await ReadyAsync();

        await up.SignalAsync(signal);

        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Empty(up.Alive);
    }

    /// <summary>A script starts what it starts with an &amp; so that it ignores SIGINT.</summary>
    [Fact]
    public async Task Started_by_a_script_it_obeys_an_interrupt_all_the_same()
    {
        var command = $"trap '' INT; exec '{WorkingCopy.Root}/bookinfo' \"$@\"";
        await using var up = CommandRun.Start(
            "bash", ["-c", command, "bash", "up", "--no-build", "--output", "json", .. _ports.Options]);
        await up.ReadyAsync();

        await up.SignalAsync("INT");

        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Empty(up.Alive);
    }

    [Fact]
    public async Task A_terminal_that_is_closed_says_so_more_than_once_and_kills_nothing()
    {
        await using var up = await ReadyAsync();
        await Signal.SendAsync("STOP", PidOf(up, "details"));

        await up.SignalAsync("HUP");
        await up.LineAsync(line => line.Contains("\"stopping\"") && line.Contains("ratings"));
        await up.SignalAsync("HUP");
        await Signal.SendAsync("CONT", PidOf(up, "details"));

        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Equal("Stopped.\n", up.Messages);
        Assert.Empty(up.Alive);
    }

    [Fact]
    public async Task Nothing_survives_when_it_is_killed()
    {
        await using var up = await ReadyAsync();

        await up.SignalAsync("KILL");
        await up.ExitAsync();

        await up.NothingSurvivesAsync();
    }

    [Fact]
    public async Task Nothing_survives_when_it_is_interrupted_before_all_are_ready()
    {
        await using var up = Up();
        await Eventually.HoldsAsync("a first service", () => up.Alive.Count > 1);

        await up.SignalGroupAsync("INT");

        Assert.Contains(await up.ExitAsync(), new[] { ExitCode.Interrupted, ExitCode.Success });
        Assert.Empty(up.Alive);
    }

    [Fact]
    public async Task A_service_that_does_not_stop_is_killed()
    {
        await using var up = await ReadyAsync();
        await Signal.SendAsync("STOP", PidOf(up, "details"));

        await up.SignalGroupAsync("INT");

        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Equal("Stopped; details-v1 did not stop in time and had to be killed.\n", up.Messages);
        Assert.Empty(up.Alive);
    }

    [Fact]
    public async Task A_second_Ctrl_C_kills_at_once()
    {
        await using var up = await ReadyAsync();
        await Signal.SendAsync("STOP", PidOf(up, "details"));

        await up.SignalGroupAsync("INT");
        await up.LineAsync(line => line.Contains("\"stopping\"") && line.Contains("details"));
        await up.InterruptAgainAsync();

        Assert.Equal(ExitCode.Interrupted, await up.ExitAsync());
        Assert.Equal("Killed.\n", up.Messages);
        await up.NothingSurvivesAsync();
    }

    [Fact]
    public async Task A_crashed_service_is_started_again_with_growing_delays()
    {
        await using var up = await ReadyAsync();
        var pid = PidOf(up, "ratings");

        foreach (var (restart, delay) in new[] { (1, 1.0), (2, 2.0) })
        {
            await Signal.SendAsync("KILL", pid);
            var crashed = (await up.ChangeAsync("ratings", "restarting")).GetProperty("services")[0];
            Assert.Equal(137, crashed.GetProperty("exitCode").GetInt32());
            Assert.Equal(restart, crashed.GetProperty("restarts").GetInt32());
            Assert.InRange(crashed.GetProperty("restartInSeconds").GetDouble(), 0, delay);
            Assert.False(crashed.TryGetProperty("pid", out _));
            // The page does without ratings meanwhile.
            Assert.DoesNotContain("nobody", await Page.ServedByAsync(_ports.Page, reloads: 3));

            var again = (await up.ChangeAsync("ratings", "ready")).GetProperty("services")[0].GetProperty("pid").GetInt32();
            Assert.NotEqual(pid, again);
            pid = again;
        }

        await up.SignalAsync("TERM");
        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.Empty(up.Alive);
    }

    [Fact]
    public async Task A_crash_is_a_line_in_plain_output()
    {
        await using var up = CommandRun.Bookinfo(["up", "--no-build", .. _ports.Options]);
        var row = await up.LineAsync(line => line.StartsWith("details", StringComparison.Ordinal));
        await up.LineAsync(line => line.StartsWith("productpage", StringComparison.Ordinal));

        await Signal.SendAsync("KILL", int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture));

        Assert.Equal(
            "details-v1: restarting in 1 s (exit code 137, SIGKILL), restart 1",
            await up.LineAsync(line => line.StartsWith("details-v1:", StringComparison.Ordinal)));
        Assert.Matches(
            @"^details-v1: ready, restarts: 1 \(pid \d+\)$",
            await up.LineAsync(line => line.StartsWith("details-v1: ready", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_service_that_hangs_is_shown_as_not_ready()
    {
        await using var up = await ReadyAsync();
        var pid = PidOf(up, "details");

        await Signal.SendAsync("STOP", pid);
        await up.ChangeAsync("details", "not-ready");
        await Signal.SendAsync("CONT", pid);
        await up.ChangeAsync("details", "ready");
    }

    private static int PidOf(CommandRun up, string service) => JsonDocument.Parse(up.Output.Split('\n')[0]).RootElement.GetProperty(
        "services")
        .EnumerateArray().Single(status => status.GetProperty("service").GetString() == service).GetProperty("pid").GetInt32();

    private CommandRun Up() => CommandRun.Bookinfo(["up", "--no-build", "--output", "json", .. _ports.Options]);

    private async Task<CommandRun> ReadyAsync()
    {
        var up = Up();
        await up.ReadyAsync();
        return up;
    }
}
