using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>Which container of a pod is the service, which are beside it, and which mesh those tell of.</summary>
public static class PodContainers
{
    /// <summary>The containers that meshes put beside a service, by the names that they give them.</summary>
    private static readonly Dictionary<string, string> Meshes = new()
    {
        ["istio-proxy"] = "istio",
        ["linkerd-proxy"] = "linkerd",
        ["kuma-sidecar"] = "kuma",
        ["consul-dataplane"] = "consul",
    };

    /// <summary>What Istio's node agent notes on a pod whose traffic it redirects, in ambient mode.</summary>
    private const string AmbientAnnotation = "ambient.istio.io/redirection";

    /// <summary>The container of the service.</summary>
    /// <param name="pod">The pod.</param>
    public static V1Container Service(V1Pod pod) =>
        Service(pod.Spec, pod.Metadata.Labels?.TryGetValue("app", out var app) == true ? app : null);

    /// <summary>The container of a service.</summary>
    /// <param name="pod">The pod, or the template of one.</param>
    /// <param name="service">The name of the service, when it is known.</param>
    public static V1Container Service(V1PodSpec pod, string? service) =>
        pod.Containers.FirstOrDefault(container => container.Name == service)
        // A mesh may put its own in front, so that it starts first.
        ?? pod.Containers.FirstOrDefault(container => !Meshes.ContainsKey(container.Name))
        ?? pod.Containers[0];

    /// <summary>Whether an initial container goes on running beside the others: Kubernetes' own kind of sidecar.</summary>
    /// <param name="container">The initial container.</param>
    public static bool IsSidecar(V1Container container) => container.RestartPolicy == "Always";

    /// <summary>Whether a status is that of an initial container that goes on running beside the others.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="status">The status of one of its containers.</param>
    public static bool IsSidecar(V1PodSpec pod, V1ContainerStatus status) =>
        pod.InitContainers?.Any(container => container.Name == status.Name && IsSidecar(container)) == true;

    /// <summary>All containers that run at the same time: those of the pod and Kubernetes' own sidecars.</summary>
    /// <param name="pod">The pod.</param>
    public static IEnumerable<V1Container> Running(V1PodSpec pod) => pod.Containers.Concat((pod.InitContainers ?? []).Where(IsSidecar));

    /// <summary>The names of the containers that run beside the service.</summary>
    /// <param name="pod">The pod.</param>
    public static IReadOnlyList<string> Sidecars(V1Pod pod) =>
        [.. Running(pod.Spec).Select(container => container.Name).Where(name => name != Service(pod).Name)];

    /// <summary>The meshes that pods belong to. One that works in the nodes without a trace in the pods is not seen.</summary>
    /// <param name="pods">The pods.</param>
    public static IReadOnlyList<string> Mesh(IEnumerable<V1Pod> pods) =>
    [
        .. pods.SelectMany(pod => Sidecars(pod)
            .Select(name => Meshes.GetValueOrDefault(name))
            .Append(pod.Metadata.Annotations?.TryGetValue(AmbientAnnotation, out var redirected) == true
                && redirected == "enabled" ? "istio ambient" : null))
            .OfType<string>().Distinct().Order(StringComparer.Ordinal),
    ];
}
