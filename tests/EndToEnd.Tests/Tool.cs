using System.Diagnostics;
using Bookinfo.Testing;

namespace EndToEnd.Tests;

/// <summary>Runs programs as a user does: the launcher of this working copy, and kubectl.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Runs <c>bookinfo</c>.</summary>
    public static Task<ToolResult> BookinfoAsync(params string[] arguments) =>
        RunAsync(Path.Combine(WorkingCopy.Root, "bookinfo"), arguments);

    /// <summary>Runs kubectl; that it fails is a failure of the test.</summary>
    /// <returns>What it wrote to stdout.</returns>
    public static async Task<string> KubectlAsync(params string[] arguments)
    {
        var result = await RunAsync("kubectl", arguments);
        Assert.True(result.ExitCode == 0, $"kubectl {string.Join(' ', arguments)}\n{result}");
        return result.Output;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    public static async Task<ToolResult> RunAsync(
        string program, string[] arguments, string input = "", Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = WorkingCopy.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var messages = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
            return new ToolResult(process.ExitCode, await output, await messages, time.GetElapsedTime(started));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
