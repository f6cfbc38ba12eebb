namespace Bookinfo.Cli.Baseline;

/// <summary>Where a baseline was measured.</summary>
/// <param name="Machine">The machine of the generator, or for <c>--in-cluster</c> the one that the command ran on.</param>
/// <param name="Cluster">The version of the Kubernetes cluster.</param>
/// <param name="Nodes">Its nodes that have pods of the application.</param>
/// <param name="Mesh">The meshes that were seen in the pods, such as <c>istio</c>; empty for none.</param>
internal sealed record EnvironmentFacts(MachineFacts Machine, string? Cluster, IReadOnlyList<NodeFacts> Nodes, IReadOnlyList<string> Mesh);
