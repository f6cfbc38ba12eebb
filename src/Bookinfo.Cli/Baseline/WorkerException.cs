namespace Bookinfo.Cli.Baseline;

/// <summary>A load worker does not do what it was told.</summary>
/// <param name="worker">The name of its pod.</param>
/// <param name="exitCode">What to end with: one of <see cref="ExitCode"/>.</param>
/// <param name="why">Why, in a sentence without its end.</param>
internal sealed class WorkerException(string worker, int exitCode, string why) : Exception(why)
{
    /// <summary>The name of its pod.</summary>
    public string Worker { get; } = worker;

    /// <summary>What to end with.</summary>
    public int ExitCode { get; } = exitCode;
}
