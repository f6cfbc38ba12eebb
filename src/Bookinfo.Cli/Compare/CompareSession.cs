using Bookinfo.Cli.Baseline;
using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Compare;

/// <summary>What <c>compare</c> does: reads two baselines, compares them, writes the outcome, and holds it against the conditions.</summary>
/// <param name="options">What the user asked for.</param>
internal sealed class CompareSession(CompareOptions options)
{
    private const string Extension = ".json";

    /// <summary>Does it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        var files = new[] { ("--html", options.Html), ("--markdown", options.Markdown) };
        foreach (var (option, file) in files)
        {
            if (!options.Overwrite && File.Exists(file))
            {
                throw new CommandFailedException(ExitCode.InvalidUsage, $"{option}: the file '{file}' exists. Name another one, or say --overwrite.");
            }
        }

        var (beforeFile, afterFile) = (Resolve(options.Before), Resolve(options.After));
        var before = BaselineStore.Read(beforeFile);
        var after = BaselineStore.Read(afterFile);
        var report = Comparison.Of(before, beforeFile, after, afterFile);
        report = report with { Conditions = [.. options.FailOn.SelectMany(condition => condition.Check(report))] };

        if (options.Html is { } html)
        {
            await WriteAsync("--html", html, Page(report, before, after));
        }

        if (options.Markdown is { } markdown)
        {
            await WriteAsync("--markdown", markdown, ComparisonMarkdown.Create(report));
        }

        if (options.Output == OutputFormat.Json)
        {
            await Console.Out.WriteLineAsync(ComparisonJson.Write(report));
        }
        else
        {
            foreach (var line in ComparisonText.Lines(report))
            {
                await Console.Out.WriteLineAsync(line);
            }
        }

        var violated = report.Conditions.Where(condition => condition.Violated).ToList();
        foreach (var condition in violated)
        {
            await Console.Error.WriteLineAsync($"bookinfo: {condition.Text}");
        }

        return violated.Count > 0 ? ExitCode.Regression : ExitCode.Success;
    }

    /// <summary>A name stands for the file that <c>baseline --name</c> wrote.</summary>
    private static string Resolve(string name) => name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || File.Exists(name) ? name : name + Extension;

    private static string Page(ComparisonReport report, BaselineFile before, BaselineFile after)
    {
        try
        {
            return ComparisonPage.Create(report, before, after);
        }
        catch (FormatException exception)
        {
            throw new CommandFailedException(ExitCode.InvalidUsage, $"--html: a histogram of one of the baselines is broken, so that it cannot be plotted: {exception.Message}");
        }
    }

    private async Task WriteAsync(string option, string file, string text)
    {
        try
        {
            await using var stream = new FileStream(file, options.Overwrite ? FileMode.Create : FileMode.CreateNew, FileAccess.Write);
            await using var writer = new StreamWriter(stream);
            await writer.WriteAsync(text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandFailedException(ExitCode.InvalidUsage, $"{option}: the file '{file}' cannot be written: {exception.Message}");
        }
    }
}
