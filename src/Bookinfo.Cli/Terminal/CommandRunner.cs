using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Cli.Terminal;

/// <summary>
/// Runs commands. The one place that turns Ctrl-C, SIGTERM and SIGHUP into cancellation and 'Interrupted', and every failure into one line
/// on stderr and an exit code.
/// </summary>
internal static class CommandRunner
{
    /// <summary>Does the work of a command until it is done or interrupted.</summary>
    /// <param name="work">The work; its result is the exit code.</param>
    /// <param name="interrupted">
    /// What to say after Ctrl-C: a sentence on what is left, or <see langword="null"/> for 'Interrupted.' alone.
    /// </param>
    /// <param name="alsoStop">What else asks for an orderly stop.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        Func<StopSignals, Task<int>> work, Func<string>? interrupted = null, CancellationToken alsoStop = default)
    {
        using var signals = new StopSignals(alsoStop);
        try
        {
            return await work(signals);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            await ToolOutput.Messages.WriteLineAsync(interrupted?.Invoke() ?? "Interrupted.");
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Runs what the user has typed, and says what went wrong if something did.</summary>
    /// <param name="invoke">Runs it; its result is the exit code.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> GuardAsync(Func<Task<int>> invoke)
    {
        try
        {
            return await invoke();
        }
        catch (OperationFailedException failure)
        {
            return Tell(failure.Message, ExitCode.Of(failure.Kind));
        }
        catch (ThreadLimitException failure)
        {
            return Tell($"--connections: {failure.Message}.", ExitCode.InvalidUsage);
        }
        catch (TargetException failure)
        {
            return Tell(failure.Message, ExitCode.TargetUnreachable);
        }
        catch (Exception failure)
        {
            return Tell(UnforeseenFailure.Describe(failure), ExitCode.Failure);
        }
    }

    private static int Tell(string message, int exitCode)
    {
        ToolOutput.Messages.WriteLine($"bookinfo: {PrintableText.Clean(message)}");
        return exitCode;
    }
}

/// <summary>Describes exceptions that no command has foreseen.</summary>
internal static class UnforeseenFailure
{
    /// <summary>Says in one line what happened and, where it is a bug in this program, what is needed to fix it.</summary>
    /// <param name="failure">The exception.</param>
    public static string Describe(Exception failure)
    {
        while (failure is AggregateException or TypeInitializationException && failure.InnerException is { } inner)
        {
            failure = inner;
        }

        var message = OneLine(failure.Message).TrimEnd('.');
        return failure is IOException or UnauthorizedAccessException
            ? $"{message}."
            : $"{message} ({failure.GetType().Name} {OneLine(failure.StackTrace?.TrimStart().Split('\n')[0] ?? "")}".TrimEnd()
                + "). This is a mistake in bookinfo: please report this line.";
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
