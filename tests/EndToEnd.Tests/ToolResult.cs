namespace EndToEnd.Tests;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Messages">What it wrote to stderr.</param>
/// <param name="Duration">How long it ran.</param>
internal sealed record ToolResult(int ExitCode, string Output, string Messages, TimeSpan Duration)
{
    public override string ToString() =>
        $"exit code {ExitCode} after {Duration.TotalSeconds:0.0} s\nstdout:\n{Output}\nstderr:\n{Messages}";
}
