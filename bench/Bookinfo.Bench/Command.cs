using System.Diagnostics;

namespace Bookinfo.Bench;

/// <summary>A program that is run to its end.</summary>
internal static class Command
{
    /// <summary>Runs a program, and waits for its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Its exit code, and what it wrote to stdout and to stderr.</returns>
    public static async Task<(int ExitCode, string Output, string Messages)> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var messages = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await messages);
    }
}
