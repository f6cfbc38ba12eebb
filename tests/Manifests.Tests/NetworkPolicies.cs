using System.Net;
using System.Text.Json.Nodes;

namespace Manifests.Tests;

/// <summary>Whether policies let a connection through, as Kubernetes defines it: both ends must allow it.</summary>
internal sealed class NetworkPolicies(Rendering rendering)
{
    private readonly List<Manifest> _policies = [.. rendering.Objects.Where(o => o.Is("NetworkPolicy"))];

    /// <summary>Whether a connection is let through.</summary>
    public bool Allow(NetworkEnd from, NetworkEnd to, int port, string protocol = "TCP") =>
        Allows(from, to, port, protocol, "Egress", "egress", "to") && Allows(to, from, port, protocol, "Ingress", "ingress", "from");

    /// <summary>What no policy selects may do anything; else one of those that select it must allow it.</summary>
    private bool Allows(NetworkEnd subject, NetworkEnd peer, int port, string protocol, string type, string rules, string peers)
    {
        if (subject.Labels is null || subject.Namespace != "bookinfo")
        {
            return true;
        }

        var selecting = _policies.Where(policy =>
            policy.List("spec", "policyTypes").Any(candidate => $"{candidate}" == type)
                && new LabelSelector(policy.Field("spec", "podSelector")!).Selects(subject.Labels)).ToList();
        return selecting.Count == 0 || selecting.SelectMany(policy => policy.List("spec", rules)).Any(rule =>
            (rule["ports"] is null || Manifest.Items(rule["ports"])
                .Any(allowed => $"{allowed["port"]}" == $"{port}" && (allowed["protocol"]?.ToString() ?? "TCP") == protocol))
            && (rule[peers] is null || Manifest.Items(rule[peers]).Any(allowed => Is(allowed, peer))));
    }

    private static bool Is(JsonNode allowed, NetworkEnd peer)
    {
        if (allowed["ipBlock"] is { } block)
        {
            // Addresses of pods are for selectors.
            return peer.Address is not null
                && Contains(block["cidr"]!, peer.Address)
                && !Manifest.Items(block["except"]).Any(range => Contains(range, peer.Address));
        }

        return peer.Labels is not null
            && (allowed["podSelector"] is not { } pods || new LabelSelector(pods).Selects(peer.Labels))
            && (allowed["namespaceSelector"] is { } namespaces
                ? new LabelSelector(namespaces).Selects(
                    new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = peer.Namespace! })
                : peer.Namespace == "bookinfo");
    }

    private static bool Contains(JsonNode range, IPAddress address) =>
        IPNetwork.Parse($"{range}") is var network
            && network.BaseAddress.AddressFamily == address.AddressFamily
            && network.Contains(address);
}
