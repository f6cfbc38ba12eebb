using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Bookinfo.Supervision;

/// <summary>
/// Runs a program and sees to it that nothing which it starts outlives it, whatever that does to get away and however the program ends.
/// What still runs when it has ended by itself is ended and told, and the run has failed. When the supervisor is told to end, or whoever
/// started it has ended, it ends all.
/// </summary>
public static class Supervisor
{
    /// <summary>The exit code where the program succeeded, but has left something behind.</summary>
    public const int LeftBehind = 99;

    private const int InterruptSignal = 2;

    /// <summary>
    /// Tells a test program that it is supervised, by the number of its supervisor. What inherits the setting from it has another parent.
    /// </summary>
    private const string Variable = "BOOKINFO_TESTS_SUPERVISOR";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the program has to tidy up when it is told to end.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long processes that neither work nor end are waited for after the program has ended: a browser that closes does one or the
    /// other.
    /// </summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    /// <summary>How long processes that work are waited for after the program has ended.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromMinutes(1);

    private static TimeProvider Time => TimeProvider.System;

    /// <summary>Runs the tests of this program in a process below this one, which supervises it; in that process, runs them.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="tests">Runs the tests and gets the exit code.</param>
    public static async Task<int> RunTestsAsync(string[] arguments, Func<Task<int>> tests)
    {
        if (!OperatingSystem.IsLinux())
        {
            return await tests();
        }

        var isSupervised = Environment.GetEnvironmentVariable(Variable) == Kernel.ParentId().ToString(CultureInfo.InvariantCulture);
        if (isSupervised || Debugger.IsAttached)
        {
            // So that a test finds what a program has started after the end of that program.
            Kernel.AdoptOrphans();
            if (isSupervised)
            {
                _ = EndWithAsync(Kernel.ParentId());
            }

            return await tests();
        }

        var program = Environment.GetCommandLineArgs()[0];
        var isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string[] command = isHosted ? [Environment.ProcessPath!, program, .. arguments] : [Environment.ProcessPath!, .. arguments];
        if (IgnoresInterrupts())
        {
            // What runs in the background of a script ignores Ctrl-C, and so does all that it starts. What is tested here must not.
            command = ["env", "--default-signal=INT,QUIT", .. command];
        }

        return await RunAsync(new ProcessStartInfo(command[0], command[1..]), Path.GetFileNameWithoutExtension(program));
    }

    /// <summary>Runs a program with the standard input, output and error of this one.</summary>
    /// <param name="start">The program.</param>
    /// <param name="name">Its name in messages.</param>
    /// <returns>
    /// Its exit code; <see cref="LeftBehind"/> when that would be 0 but something has outlived it; 128 and the signal when one has ended
    /// all.
    /// </returns>
    private static async Task<int> RunAsync(ProcessStartInfo start, string name)
    {
        Kernel.AdoptOrphans();
        var told = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var toldAgain = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = On(PosixSignal.SIGINT, InterruptSignal);
        using var terminate = On(PosixSignal.SIGTERM, 15);
        using var hangUp = On(PosixSignal.SIGHUP, 1);
        using var quit = On(PosixSignal.SIGQUIT, 3);
        var parentEnded = EndOfParentAsync(Kernel.ParentId());
        start.Environment[Variable] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using var program = Process.Start(start)!;
        var ended = program.WaitForExitAsync();
        if (await Task.WhenAny(ended, told.Task, parentEnded) == ended)
        {
            return await EndOfRunAsync(name) || program.ExitCode != 0 ? program.ExitCode : LeftBehind;
        }

        // As with Ctrl-C at a terminal, which has told it as well: it says what it has got, and cleans up.
        Kernel.Send(program.Id, InterruptSignal);
        await Task.WhenAny(ended, toldAgain.Task, Task.Delay(LastWords, Time));
        await EndAllAsync();
        return 128 + (told.Task.IsCompleted ? await told.Task : 1);

        PosixSignalRegistration On(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (!told.TrySetResult(number))
            {
                toldAgain.TrySetResult();
            }
        });
    }

    /// <summary>Ends everything that this process has started, and what that has.</summary>
    /// <returns>What cannot be ended.</returns>
    private static async Task<IReadOnlyList<RunningProcess>> EndAllAsync()
    {
        var began = Time.GetTimestamp();
        while (true)
        {
            var left = RunningProcess.Descendants();
            if (left.Count == 0 || Time.GetElapsedTime(began) > Busy)
            {
                return left;
            }

            foreach (var process in left)
            {
                try
                {
                    process.Kill();
                }
                catch (Win32Exception)
                {
                    // Somebody else's by now, as what sudo runs: it stays in what is left.
                }
            }

            await Task.Delay(Interval, Time);
        }
    }

    /// <summary>Waits for what is just about to end, tells what is not, and ends it.</summary>
    /// <returns>Whether all is well.</returns>
    private static async Task<bool> EndOfRunAsync(string name)
    {
        var left = await WaitForEndAsync();
        if (left.Count == 0)
        {
            return true;
        }

        var stubborn = await EndAllAsync();
        await Console.Error.WriteLineAsync(
            $"{name} has ended, but {left.Count} of the processes that it started had not, and nothing a run starts may outlive it. "
            + $"{(stubborn.Count == 0 ? "They have been ended" : "Not all of them can be ended")}:"
            + string.Concat(left.Select(process => $"\n  {process.Pid} {process.Command}")));
        return false;
    }

    private static async Task<IReadOnlyList<(int Pid, string Command)>> WaitForEndAsync()
    {
        IReadOnlyList<RunningProcess> before = [];
        var began = Time.GetTimestamp();
        var changed = began;
        while (true)
        {
            var left = RunningProcess.Descendants();
            if (!left.SequenceEqual(before))
            {
                (before, changed) = (left, Time.GetTimestamp());
            }

            if (left.Count == 0 || Time.GetElapsedTime(changed) > Idle || Time.GetElapsedTime(began) > Busy)
            {
                return [.. left.Select(process => (process.Pid, process.Command))];
            }

            await Task.Delay(Interval, Time);
        }
    }

    private static bool IgnoresInterrupts()
    {
        const string Ignored = "SigIgn:";
        var mask = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..];
        return (ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (InterruptSignal - 1))) != 0;
    }

    private static async Task EndOfParentAsync(int parent)
    {
        while (Kernel.ParentId() == parent)
        {
            await Task.Delay(Interval, Time);
        }
    }

    /// <summary>Where not even the supervisor is left, the test program does its work and ends itself.</summary>
    private static async Task EndWithAsync(int supervisor)
    {
        await EndOfParentAsync(supervisor);
        await EndAllAsync();
        Kernel.Send(Environment.ProcessId);
    }
}
