namespace Bookinfo.Cli.Kubernetes;

/// <summary>A Service, as <c>status</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>ClusterIP</c>, <c>NodePort</c>, <c>LoadBalancer</c> or <c>ExternalName</c>.</param>
/// <param name="ClusterIP">Its address in the cluster.</param>
/// <param name="Ports">Its ports, as <c>9080:30080/TCP</c>.</param>
internal sealed record ServiceEntry(string Name, string Type, string ClusterIP, IReadOnlyList<string> Ports);
