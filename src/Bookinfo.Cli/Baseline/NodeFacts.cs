namespace Bookinfo.Cli.Baseline;

/// <summary>A node of a cluster, as it describes itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Os">Its operating system.</param>
/// <param name="Kernel">The version of its kernel.</param>
/// <param name="ContainerRuntime">What runs its containers, with version.</param>
/// <param name="Kubelet">The version of its kubelet.</param>
/// <param name="Architecture">The architecture of its processors.</param>
/// <param name="Processors">How many processors it has.</param>
/// <param name="MemoryBytes">How much memory it has.</param>
internal sealed record NodeFacts(
    string Name, string Os, string Kernel, string ContainerRuntime, string Kubelet, string Architecture, double Processors, double MemoryBytes);
