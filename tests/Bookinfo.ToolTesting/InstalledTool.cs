using System.Diagnostics;

namespace Bookinfo.ToolTesting;

/// <summary>A program of the package <c>prometheus</c>.</summary>
public static class InstalledTool
{
    /// <summary>Finds it, or fails the test with what to do.</summary>
    public static string Find(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        Assert.True(
            path is not null,
            $"'{name}' is not in PATH. These tests need Prometheus: ./test.sh installs it (Debian, Ubuntu: apt-get install prometheus).");
        return path;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>Its exit code and all that it wrote.</returns>
    public static Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments) =>
        RunAsync(name, input: "", arguments);

    /// <inheritdoc cref="RunAsync(string, string[])"/>
    /// <param name="name">Its name.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, string input, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Find(name), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
