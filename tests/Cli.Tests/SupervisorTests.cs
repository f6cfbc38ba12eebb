using System.Globalization;
using Bookinfo.Supervision;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// That a run of tests leaves nothing running, however it ends and whatever it starts. A shell stands for the tests; what it starts sleeps
/// for a time by which it can be told from everything else on this machine.
/// </summary>
public sealed class SupervisorTests : IAsyncDisposable
{
    private readonly string _sleep = string.Create(
        CultureInfo.InvariantCulture, $"sleep 3600.{Guid.NewGuid().GetHashCode() & int.MaxValue}");

    private IReadOnlyList<RunningProcess> Sleeping => [.. RunningProcess.All().Where(process => process.Command == _sleep)];

    /// <summary>
    /// Ways to get out of reach of the one who starts a process, eleven processes in all; then the script waits for a line.
    /// </summary>
    private string Script =>
        """
        SLEEP &
        (SLEEP &)
        (env -i SLEEP &)
        (setsid SLEEP &)
        (setsid sh -c '(env -i SLEEP </dev/null >/dev/null 2>&1 &)' &)
        (nohup setsid -f env -i sh -c 'trap "" TERM INT HUP; exec SLEEP' >/dev/null 2>&1 &)
        for i in 1 2 3 4 5; do (setsid env -i SLEEP &); done
        read line
        """.Replace("SLEEP", _sleep);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Sleeping)
        {
            process.Kill();
        }

        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_a_run_has_left_behind_is_told_and_ended_and_the_run_has_failed()
    {
        await using var run = await SleepingRunAsync();
        var left = Sleeping;

        await run.Input.WriteLineAsync();

        Assert.Equal(Supervisor.LeftBehind, await run.ExitAsync());
        Assert.StartsWith("supervise has ended, but 11 of the processes that it started had not", run.Messages);
        Assert.Equal(
            left.Select(process => $"  {process.Pid} {_sleep}").Order(),
            run.Messages.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Order());
        Assert.Empty(Sleeping);
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 8", 8)]
    // What is about to end is not an offender.
    [InlineData("(setsid sleep 0.5 &)", 0)]
    public async Task A_run_that_leaves_nothing_behind_ends_as_it_does(string script, int exitCode)
    {
        await using var run = Run($"cat; {script}");
        await run.Input.WriteAsync("what it reads");
        run.Input.Close();

        Assert.Equal(exitCode, await run.ExitAsync());
        Assert.Equal(("what it reads", ""), (run.Output, run.Messages));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("KILL", 137)]
    public async Task Nothing_survives_a_run_that_is_ended(string signal, int exitCode)
    {
        await using var run = await SleepingRunAsync();

        await run.SignalAsync(signal);

        Assert.Equal(exitCode, await run.ExitAsync());
        await NothingSleepsAsync();
        await run.NothingSurvivesAsync();
    }

    [Fact]
    public async Task Nothing_survives_a_Ctrl_C()
    {
        await using var run = await SleepingRunAsync();

        await run.SignalGroupAsync("INT");

        Assert.Equal(130, await run.ExitAsync());
        Assert.Empty(Sleeping);
    }

    /// <summary>A script's background ignores Ctrl-C; a test of Ctrl-C must not depend on where the tests run.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("trap '' INT QUIT; ")]
    public async Task Tests_do_not_ignore_Ctrl_C(string trap)
    {
        await using var shell = CommandRun.Start("/bin/sh", ["-c", $"{trap}exec \"$@\"", "sh", .. Supervise("kill -INT $$; echo ignored")]);

        Assert.Equal(130, await shell.ExitAsync());
        Assert.Empty(shell.Output);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    public async Task Nothing_survives_tests_that_are_ended(string signal, int exitCode)
    {
        await using var run = await SleepingRunAsync();

        await Signal.SendAsync(signal, RunningProcess.All().Single(process => process.Parent == run.Pid).Pid);

        Assert.Equal(exitCode, await run.ExitAsync());
        Assert.Empty(Sleeping);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task Nothing_survives_whoever_has_started_the_run(string signal)
    {
        await using var shell = CommandRun.Start("/bin/sh", ["-c", "\"$@\"; exit $?", "sh", .. Supervise(Script)]);
        await EverythingSleepsAsync();

        await shell.SignalAsync(signal);

        await NothingSleepsAsync();
        await shell.NothingSurvivesAsync();
    }

    private static string[] Supervise(string script) => ["dotnet", typeof(Supervisor).Assembly.Location, "/bin/sh", "-c", script];

    private static CommandRun Run(string script) => CommandRun.Start("dotnet", Supervise(script)[1..]);

    private async Task<CommandRun> SleepingRunAsync()
    {
        var run = Run(Script);
        await EverythingSleepsAsync();
        return run;
    }

    private Task EverythingSleepsAsync() => Eventually.HoldsAsync("eleven processes that sleep", () => Sleeping.Count == 11);

    private Task NothingSleepsAsync() => Eventually.HoldsAsync(() => string.Join(", ", Sleeping));
}
