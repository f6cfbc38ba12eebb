namespace Bookinfo.Cli.Kubernetes;

/// <summary>What is deployed and how it does: the object that <c>status --output json</c> writes.</summary>
/// <param name="Time">When it was asked for.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Pods">The pods.</param>
/// <param name="Services">The Services.</param>
/// <param name="Notes">What could not be found out, and why.</param>
internal sealed record StatusReport(
    DateTimeOffset Time, string Namespace, IReadOnlyList<PodState> Pods, IReadOnlyList<ServiceEntry> Services, IReadOnlyList<string> Notes);
