using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>
/// What <c>compare</c> does: reads two baselines, or one file of two systems, compares them, checks the conditions, and writes the
/// outcome.
/// </summary>
/// <param name="options">What the user asked for.</param>
internal sealed class CompareSession(CompareOptions options)
{
    private const string Extension = ".json";

    /// <summary>Compares, and writes what was asked for.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync()
    {
        (string Option, string? File)[] files = [("--html", options.Html), ("--markdown", options.Markdown)];
        foreach (var (option, file) in files)
        {
            ReportOutput.RequireUsable(option, file, options.Overwrite);
        }

        string[] read = [Resolve(options.Before), .. options.After is { } second ? [Resolve(second)] : Array.Empty<string>()];
        if (OutputPath.FindProblem(files, read) is { } clash)
        {
            throw new OperationFailedException(FailureKind.InvalidRequest, clash);
        }

        var (report, before, after) = Compare(read);
        report = report with { Conditions = [.. options.FailOn.SelectMany(condition => condition.Check(report))] };

        // No signal is handled here: each ends the process.
        string?[] failures =
        [
            options.Html is { } html
                ? await ReportOutput.WriteAsync("--html", html, options.Overwrite, Page(report, before, after), CancellationToken.None)
                : null,
            options.Markdown is { } markdown
                ? await ReportOutput.WriteAsync(
                    "--markdown", markdown, options.Overwrite, ComparisonMarkdown.Create(report), CancellationToken.None)
                : null,
        ];

        await WriteAsync(report, options.Output, options.All);
        await ReportOutput.TellAsync((options.Html, failures[0]), (options.Markdown, failures[1]));
        return await ConditionExit.TellAsync(
            [.. report.Conditions.Select(condition => (condition.Outcome, condition.Text))], failures, options.Inconclusive);
    }

    /// <summary>Writes a comparison to stdout.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="output">The format.</param>
    /// <param name="all">Whether to write all figures as text, not only those that differ or are inconclusive.</param>
    public static async Task WriteAsync(ComparisonReport report, OutputFormat output, bool all)
    {
        foreach (var line in output == OutputFormat.Json ? [ComparisonJson.Write(report)] : ComparisonText.Lines(report, all))
        {
            await ToolOutput.Data.WriteLineAsync(line);
        }
    }

    private static (ComparisonReport Report, BaselineFile Before, BaselineFile After) Compare(string[] read)
    {
        if (read is [var before, var after])
        {
            var (first, second) = (BaselineStore.Read(before), BaselineStore.Read(after));
            return (Comparison.Of(first, before, second, after), first, second);
        }

        var both = BaselineStore.ReadPaired(read[0]);
        return (PairedComparison.Of(both, read[0]), both.Before, both.After);
    }

    /// <summary>A name stands for the file that <c>baseline --name</c> wrote.</summary>
    private static string Resolve(string name) =>
        name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || File.Exists(name) ? name : name + Extension;

    private static string Page(ComparisonReport report, BaselineFile before, BaselineFile after)
    {
        try
        {
            return ComparisonPage.Create(report, before, after);
        }
        catch (FormatException exception)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"--html: a histogram of one of the baselines is broken, so it cannot be plotted: {exception.Message}");
        }
    }
}

/// <summary>What was asked of <c>compare</c>.</summary>
/// <param name="Before">
/// The first baseline: a file, or its name without <c>.json</c>; the file of two systems when <paramref name="After"/> is missing.
/// </param>
/// <param name="After">The second; <see langword="null"/> where both are in one file.</param>
/// <param name="FailOn">The conditions.</param>
/// <param name="Inconclusive">
/// What a condition that cannot be decided counts as; <see langword="null"/> for an exit code of its own.
/// </param>
/// <param name="All">Whether to write all figures, not only those that differ or are inconclusive.</param>
/// <param name="Html">Where to write the page.</param>
/// <param name="Markdown">Where to write the Markdown.</param>
/// <param name="Overwrite">Whether files that are there may be replaced.</param>
/// <param name="Output">What goes to stdout.</param>
internal sealed record CompareOptions(
    string Before, string? After, IReadOnlyList<FailCondition> FailOn, InconclusiveRule? Inconclusive, bool All, string? Html,
    string? Markdown, bool Overwrite, OutputFormat Output);
