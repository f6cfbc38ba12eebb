using Bookinfo.Cli.Local;

namespace Bookinfo.Cli.Compare;

/// <summary>What was asked of <c>compare</c>.</summary>
/// <param name="Before">The first baseline: a file, or its name without <c>.json</c>.</param>
/// <param name="After">The second.</param>
/// <param name="FailOn">The conditions.</param>
/// <param name="Html">Where to write the page.</param>
/// <param name="Markdown">Where to write the Markdown.</param>
/// <param name="Overwrite">Whether files that are there may be replaced.</param>
/// <param name="Output">What goes to stdout.</param>
internal sealed record CompareOptions(string Before, string After, IReadOnlyList<FailCondition> FailOn, string? Html, string? Markdown, bool Overwrite, OutputFormat Output);
