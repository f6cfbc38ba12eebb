namespace Bookinfo.Cli.Baseline;

/// <summary>A service that was measured: one process, or all pods of one Deployment.</summary>
/// <param name="Name">The service with its version, as the Deployment is called: <c>details-v1</c>.</param>
/// <param name="Instances">How many processes or pods.</param>
/// <param name="StartUpSeconds">How long each took from the start of its process until it listened.</param>
/// <param name="Image">The image.</param>
/// <param name="ImageBytes">Its size on the node.</param>
/// <param name="ImagePullSeconds">How long pulling it took, for each node that had to.</param>
/// <param name="Sidecars">The names of the other containers in its pods, such as <c>istio-proxy</c>.</param>
internal sealed record ServiceFacts(
    string Name,
    int Instances,
    IReadOnlyList<double> StartUpSeconds,
    string? Image,
    long? ImageBytes,
    IReadOnlyList<double> ImagePullSeconds,
    IReadOnlyList<string> Sidecars);
