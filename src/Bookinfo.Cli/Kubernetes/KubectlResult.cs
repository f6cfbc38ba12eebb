namespace Bookinfo.Cli.Kubernetes;

/// <summary>How a run of kubectl ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Messages">What it wrote to stderr.</param>
internal sealed record KubectlResult(int ExitCode, string Output, string Messages)
{
    /// <summary>Whether it did what it was told.</summary>
    public bool Succeeded => ExitCode == 0;
}
