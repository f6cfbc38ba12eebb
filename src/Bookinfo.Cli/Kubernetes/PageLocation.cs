namespace Bookinfo.Cli.Kubernetes;

/// <summary>Where the page is.</summary>
/// <param name="Addresses">Its addresses, one a node that answers.</param>
/// <param name="PortForward">The command that makes it reachable when no node answers.</param>
/// <param name="Note">What else there is to say.</param>
internal sealed record PageLocation(IReadOnlyList<string> Addresses, string? PortForward, string? Note);
