namespace Bookinfo.Cli.Kubernetes;

/// <summary>Why a pod is not ready.</summary>
/// <param name="Subject">The pod, as <c>pod details-v1-abc</c>; the Deployment where there is none.</param>
/// <param name="Reason">The kind of problem in one word, as Kubernetes says it: <c>ImagePullBackOff</c>, <c>Unschedulable</c>, ...</param>
/// <param name="Message">What is wrong, in a sentence.</param>
/// <param name="Grace">How long it may last before it is certain not to pass; <see langword="null"/> when it may pass at any time.</param>
internal sealed record PodProblem(string Subject, string Reason, string Message, TimeSpan? Grace)
{
    /// <summary>Where the last words of the container are: the name of the container, and whether that is its previous run. <see langword="null"/> when it did not crash.</summary>
    public (string Container, bool Previous)? Log { get; init; }

    /// <summary>What to do about it; <see langword="null"/> when the message says all.</summary>
    public string? Hint { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Subject}: {Message}";
}
