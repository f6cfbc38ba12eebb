using Bookinfo.Kubernetes;
using k8s;
using k8s.Models;

namespace Bookinfo.Cli.Doctor;

/// <summary>Checks that the NodePort of the page is free in the cluster, or is ours and can be reached from here.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="manifests">What is to run.</param>
/// <param name="name">The name of the namespace.</param>
internal sealed class NodePortCheck(ClusterCheck cluster, ManifestsCheck manifests, string name, TimeProvider time)
    : InClusterCheck(cluster)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long to wait for a node, which learns of new pods with a delay. More would leave too little time for the other checks.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override string Name => "NodePort";

    /// <inheritdoc/>
    public override IReadOnlyList<ICheck> Needs => [.. base.Needs, manifests];

    /// <inheritdoc/>
    protected override async Task<CheckResult> RunAsync(IKubernetes api, CancellationToken cancellationToken)
    {
        var wanted = manifests.Workload!.NodePorts;
        var services = (await api.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: cancellationToken)).All();
        var holders = services.SelectMany(
            service => (service.Spec.Ports ?? []).Where(port => port.NodePort is { } number && wanted.ContainsKey(number))
                .Select(port => (Service: service, Port: port.NodePort!.Value, port.Port))).ToList();
        if (holders.Find(holder => !IsOurs(holder.Service, wanted[holder.Port])) is { Service: { } other } foreign)
        {
            return CheckResult.Problem(
                $"{foreign.Port} is taken by Service '{other.Metadata.Name}' of namespace '{other.Metadata.NamespaceProperty}'",
                "Remove that Service, or set another nodePort in deploy/overlays/nodeport. This shows the Service:",
                $"kubectl get service {other.Metadata.Name} --namespace {other.Metadata.NamespaceProperty}");
        }

        if (holders.Count == 0)
        {
            return CheckResult.Ok($"{string.Join(", ", wanted.Keys)} is free");
        }

        var (_, nodePort, servicePort) = holders[0];
        var nodes = (await api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).All().Select(Address).OfType<string>().ToList();
        using var client = PatientProbe.CreateClient(RequestTimeout);
        var probe = new PatientProbe(client, static (status, _) => status is >= 200 and < 300 ? null : "", Patience, static _ => { }, time);
        var answers = await probe.FindAsync(
            [.. nodes.Select(node => (node, (IReadOnlyList<string>)[$"http://{Host(node)}:{nodePort}/health"]))], cancellationToken);
        var silent = answers.Where(answer => answer.Address is null).Select(answer => answer.Name).ToList();
        return silent.Count == 0
            ? CheckResult.Ok($"{nodePort} is ours and answers on every node: http://{Host(nodes[0])}:{nodePort}/productpage")
            : CheckResult.Warning(
                $"{nodePort} is ours, and does not answer from here on {string.Join(", ", silent)}",
                "'bookinfo status' says whether productpage is ready. If it is, nodes are out of reach from here (a firewall, or a cluster "
                + "in containers); this opens the page at http://localhost:8080/productpage:",
                $"kubectl port-forward --namespace {name} service/{holders[0].Service.Metadata.Name} 8080:{servicePort}");
    }

    private bool IsOurs(V1Service service, string wantedBy) =>
        service.Metadata.NamespaceProperty == name && service.Metadata.Name == wantedBy;

    private static string? Address(V1Node node) =>
        (node.Status.Addresses?.FirstOrDefault(address => address.Type == "ExternalIP")
            ?? node.Status.Addresses?.FirstOrDefault(address => address.Type == "InternalIP"))?.Address;

    private static string Host(string address) => address.Contains(':') ? $"[{address}]" : address;
}
