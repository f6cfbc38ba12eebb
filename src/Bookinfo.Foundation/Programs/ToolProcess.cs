using System.ComponentModel;
using System.Diagnostics;

namespace Bookinfo.Foundation;

/// <summary>
/// Runs a program to its end for what it does or prints. Where possible it runs in a session of its own: the terminal's Ctrl-C goes to this
/// process alone, which decides what ends.
/// </summary>
public static class ToolProcess
{
    /// <summary>The exit code of <c>setsid</c>, as of a shell, when the program is there but cannot be run.</summary>
    private const int CannotBeRun = 126;

    /// <summary>Runs a program that reads nothing.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="cancellationToken">Kills the program at once.</param>
    /// <returns>What the program printed and how it ended.</returns>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string directory, CancellationToken cancellationToken)
    {
        var start = ChildProcess.InOwnSession(program, arguments);
        start.WorkingDirectory = directory;
        // Its output is parsed, so it must be the same in every language.
        start.Environment["LC_ALL"] = "C";
        return RunAsync(start, "", cancellationToken);
    }

    /// <summary>Runs a program.</summary>
    /// <param name="start">The result of <see cref="ChildProcess.InOwnSession"/>.</param>
    /// <param name="input">What the program reads from stdin.</param>
    /// <param name="cancellationToken">Kills the program at once.</param>
    /// <returns>What the program printed and how it ended.</returns>
    /// <exception cref="Win32Exception">The program cannot be started, or was killed because it printed too much.</exception>
    public static async Task<ToolResult> RunAsync(ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var process = Process.Start(start)!;
        var output = new ToolText(process.StandardOutput, end.Cancel);
        var messages = new ToolText(process.StandardError, end.Cancel);
        try
        {
            await WriteAsync(process, input, end.Token);
            await process.WaitForExitAsync(end.Token);
            var result = new ToolResult(process.ExitCode, await output.ReadAsync(end.Token), await messages.ReadAsync(end.Token));
            if (output.IsTooLong || messages.IsTooLong)
            {
                throw PrintedTooMuch();
            }

            // setsid itself was started; it reports when the program, or the interpreter named in its first line, is missing.
            return result.ExitCode is CannotBeRun or CannotBeRun + 1 && result.Messages.StartsWith("setsid: ", StringComparison.Ordinal)
                ? throw new Win32Exception(result.Messages.Trim().Split(": ")[^1])
                : result;
        }
        catch (Exception exception)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }

            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw PrintedTooMuch();
            }

            throw;
        }
    }

    private static Win32Exception PrintedTooMuch() => new("it printed more than 64 MiB, and was ended");

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading all of its input, and says why.
        }
    }
}

/// <summary>What a program printed and how it ended.</summary>
/// <param name="ExitCode">Its exit code; 0 is success.</param>
/// <param name="Output">Its stdout.</param>
/// <param name="Messages">Its stderr.</param>
public sealed record ToolResult(int ExitCode, string Output, string Messages)
{
    /// <summary>The most characters of a message to keep: a tool with something to say needs fewer.</summary>
    private const int LongestReason = 2000;

    /// <summary>Whether the program succeeded.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>
    /// Why the program failed: the last line that it printed, where all tools used here give the reason, without the prefix and suffix that
    /// such lines share.
    /// </summary>
    public string Reason
    {
        get
        {
            const string Prefix = "error: ";
            var last = (Messages.Trim() is { Length: > 0 } messages ? messages : Output.Trim()).Split('\n')[^1].Trim().TrimEnd('.');
            var reason = last.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? last[Prefix.Length..] : last;
            return reason.Length > 0 ? Cut(reason) : HowItEnded;
        }
    }

    /// <summary>What to say about a tool that failed without printing anything.</summary>
    public string HowItEnded => $"it ended with {DescribeExit(ExitCode)}";

    /// <summary>Cuts what a tool printed to a length that can be read.</summary>
    /// <param name="text">What the tool printed.</param>
    public static string Cut(string text) => text.Length <= LongestReason ? text : $"{text[..TextCut.Before(text, LongestReason)]}...";

    /// <summary>Describes an exit code, with the signal that it stands for, if any.</summary>
    /// <param name="exitCode">The exit code.</param>
    public static string DescribeExit(int exitCode) => (OperatingSystem.IsWindows() ? 0 : exitCode) switch
    {
        134 => "exit code 134, SIGABRT",
        137 => "exit code 137, SIGKILL",
        139 => "exit code 139, SIGSEGV",
        143 => "exit code 143, SIGTERM",
        _ => $"exit code {exitCode}",
    };
}
