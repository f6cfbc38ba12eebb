namespace Bookinfo.Kubernetes;

/// <summary>What <c>deploy</c> is asked to do.</summary>
/// <param name="Overlay">The path of the overlay; <see langword="null"/> for the usual one.</param>
/// <param name="Components">The names of the components to add.</param>
/// <param name="Namespace">Another namespace than the overlay's; <see langword="null"/> for that.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
/// <param name="Timeout">How long to wait for all to be ready.</param>
/// <param name="Registry">
/// Where the images are, in place of <c>docker.io/bookinfo</c>; <see langword="null"/> for what the overlay says.
/// </param>
/// <param name="Tag">The tag of the images; <see langword="null"/> for what the overlay says.</param>
public sealed record DeployOptions(
    string? Overlay,
    IReadOnlyList<string> Components,
    string? Namespace,
    string? Context,
    TimeSpan Timeout,
    string? Registry,
    string? Tag)
{
    /// <summary>Whether the overlay is to be applied just as it is.</summary>
    public bool IsPlain => Components.Count == 0 && Namespace is null && Registry is null && Tag is null;
}
