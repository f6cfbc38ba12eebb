using System.ComponentModel;
using System.Diagnostics;

namespace Bookinfo.Cli.Local;

/// <summary>
/// A program that is run to its end for what it does or says. Where it can, it runs in a session of its own: the terminal's Ctrl-C is for this
/// process, which decides what ends.
/// </summary>
internal static class ToolProcess
{
    /// <summary>Runs a program that reads nothing.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>What it said and how it ended.</returns>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, string directory, CancellationToken cancellationToken)
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
            return new ToolResult(process.ExitCode, await output.ReadAsync(cancellationToken), await messages.ReadAsync(cancellationToken));
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
