using System.Diagnostics;
using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Images;

/// <summary>A program that is run to its end for what it does or says.</summary>
internal static class ToolProcess
{
    /// <summary>Where it can, a program runs in a session of its own: the terminal's Ctrl-C is for this process, which decides what ends.</summary>
    private static readonly string? SetSid = ChildProcess.FindTool("setsid");

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Its working directory.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>What it said and how it ended.</returns>
    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, string directory, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(SetSid ?? program, SetSid is null ? arguments : arguments.Prepend(program))
        {
            UseShellExecute = false,
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What is read of it must be the same in every language.
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        return new ToolResult(process.ExitCode, await output, await error);
    }
}
