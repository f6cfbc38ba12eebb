using Bookinfo.Cli.Kubernetes;

namespace Bookinfo.Cli.Doctor;

/// <summary>The rights that the commands use: the one table of them.</summary>
internal static class RequiredRights
{
    private const string Apps = "apps";

    /// <summary>What <c>deploy</c>, <c>status</c> and <c>delete</c> cannot do without, in a namespace that is there.</summary>
    /// <param name="name">The namespace.</param>
    public static IReadOnlyList<Right> InNamespace(string name) =>
    [
        .. Each(["get", "list", "create", "patch", "delete"], "deployments", Apps, name),
        .. Each(["list"], "replicasets", Apps, name),
        .. Each(["get", "list", "create", "patch", "delete"], "services", "", name),
        .. Each(["get", "list", "create", "patch", "delete"], "serviceaccounts", "", name),
        // What was deployed is written down in one; the key that signs sessions is in the other.
        .. Each(["get", "list", "create", "update", "delete"], "configmaps", "", name),
        .. Each(["get", "create", "delete"], "secrets", "", name),
        .. Each(["get", "list"], "pods", "", name),
        .. Each(["get"], "pods/log", "", name),
        .. Each(["create"], "pods/portforward", "", name),
        .. Each(["list"], "events", "", name),
    ];

    /// <summary>What some components need.</summary>
    /// <param name="name">The namespace.</param>
    public static IReadOnlyList<Right> OfComponents(string name) =>
    [
        .. Each(["patch"], "configmaps", "", name),
        .. Each(["get", "create", "patch", "delete"], "networkpolicies", "networking.k8s.io", name),
        .. Each(["get", "create", "patch", "delete"], "ingresses", "networking.k8s.io", name),
        .. Each(["get", "create", "patch", "delete"], "horizontalpodautoscalers", "autoscaling", name),
        .. Each(["get", "create", "patch", "delete"], "poddisruptionbudgets", "policy", name),
    ];

    /// <summary>What makes <c>status</c> and <c>doctor</c> complete: sizes of images, use of memory, what else runs.</summary>
    public static IReadOnlyList<Right> OfCluster { get; } =
    [
        .. Each(["get", "list"], "nodes", "", null),
        .. Each(["get"], "nodes/proxy", "", null),
        .. Each(["list"], "pods", "", null),
        .. Each(["list"], "services", "", null),
    ];

    /// <summary>What reading the namespace itself needs.</summary>
    /// <param name="name">The namespace.</param>
    public static Right ReadNamespace(string name) => new("get", "namespaces", Namespace: name);

    /// <summary>What making it needs.</summary>
    public static Right CreateNamespace { get; } = new("create", "namespaces");

    private static IEnumerable<Right> Each(string[] verbs, string resource, string group, string? name) =>
        verbs.Select(verb => new Right(verb, resource, group, name));
}
