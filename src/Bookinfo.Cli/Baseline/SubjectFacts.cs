namespace Bookinfo.Cli.Baseline;

/// <summary>What is known of what is measured.</summary>
/// <param name="Services">Its services.</param>
/// <param name="Cluster">The version of the cluster that they run in.</param>
/// <param name="Nodes">The nodes that they run on.</param>
/// <param name="Mesh">The meshes that were seen.</param>
/// <param name="Notes">What could not be found out.</param>
internal sealed record SubjectFacts(
    IReadOnlyList<ServiceFacts> Services, string? Cluster, IReadOnlyList<NodeFacts> Nodes, IReadOnlyList<string> Mesh, IReadOnlyList<string> Notes);
