using System.ComponentModel;
using System.Diagnostics;

namespace Bookinfo.Foundation;

/// <summary>
/// A program that is run to its end for what it does or says. Where it can, it runs in a session of its own: the terminal's Ctrl-C is for
/// this process, which decides what ends.
/// </summary>
public static class ToolProcess
{
    /// <summary>What <c>setsid</c> ends with when there is something that cannot be run, as a shell does.</summary>
    private const int CannotBeRun = 126;

    /// <summary>Runs a program that reads nothing.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>What it said and how it ended.</returns>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string directory, CancellationToken cancellationToken)
    {
        var start = ChildProcess.InOwnSession(program, arguments);
        start.WorkingDirectory = directory;
        // What is read of it must be the same in every language.
        start.Environment["LC_ALL"] = "C";
        return RunAsync(start, "", cancellationToken);
    }

    /// <summary>Runs a program.</summary>
    /// <param name="start">What <see cref="ChildProcess.InOwnSession"/> has made.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>What it said and how it ended.</returns>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static async Task<ToolResult> RunAsync(ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Process.Start(start)!;
        var output = new ToolText(process.StandardOutput);
        var messages = new ToolText(process.StandardError);
        try
        {
            await WriteAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var result = new ToolResult(
                process.ExitCode, await output.ReadAsync(cancellationToken), await messages.ReadAsync(cancellationToken));
            // What was started is setsid, which says so when the program itself cannot be: it, or the interpreter of its first line, is
            // missing.
            return result.ExitCode is CannotBeRun or CannotBeRun + 1 && result.Messages.StartsWith("setsid: ", StringComparison.Ordinal)
                ? throw new Win32Exception(result.Messages.Trim().Split(": ")[^1])
                : result;
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }

            throw;
        }
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it, and says why.
        }
    }
}

/// <summary>How a program ended and what it said.</summary>
/// <param name="ExitCode">Its exit code; 0 is success.</param>
/// <param name="Output">Its stdout.</param>
/// <param name="Messages">Its stderr.</param>
public sealed record ToolResult(int ExitCode, string Output, string Messages)
{
    /// <summary>More than a tool says that has something to say.</summary>
    private const int LongestReason = 2000;

    /// <summary>Whether it did what it was told.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>
    /// Why it failed: its last line, which is where all the tools used here say it, without what every such line begins and ends with.
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

    /// <summary>What to say of a tool that has failed and said nothing.</summary>
    public string HowItEnded => $"it ended with {DescribeExit(ExitCode)}";

    /// <summary>Cuts what a tool says where it says too much to be read.</summary>
    /// <param name="text">What it says.</param>
    public static string Cut(string text) => text.Length <= LongestReason ? text : $"{text[..TextCut.Before(text, LongestReason)]}...";

    /// <summary>An exit code in words: with the signal that it stands for, where it stands for one.</summary>
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
