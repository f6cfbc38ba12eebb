using System.Text.Json;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The items of the API's lists. Whoever takes them from here may rely on what the API gives every object of their kind: an answer without
/// that does not come from an API server, or is damaged.
/// </summary>
public static class ListItems
{
    /// <summary>All items of a list. Some API servers send null for an empty one.</summary>
    /// <param name="list">The list.</param>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <exception cref="JsonException">The list, or part of an object in it, is missing.</exception>
    public static IList<T> All<T>(this IItems<T>? list)
    {
        if (list is null)
        {
            throw new UnreadableAnswerException($"null instead of a list of {typeof(T).Name}");
        }

        IList<T> items = list.Items ?? [];
        foreach (var item in items)
        {
            var metadata = (item as IMetadata<V1ObjectMeta>)?.Metadata;
            if (Missing(item, metadata) is { } missing)
            {
                throw new UnreadableAnswerException($"{typeof(T).Name} {metadata?.Name ?? "without a name"} lacks {missing}");
            }
        }

        return items;
    }

    /// <summary>The first part that an object lacks, of those that every object of its kind has.</summary>
    private static string? Missing<T>(T item, V1ObjectMeta? metadata) => item switch
    {
        null => "everything: it is null",
        V1Pod or V1Service or V1Node or V1Deployment or V1ServiceAccount when metadata?.Name is null => "metadata.name",
        V1ReplicaSet or V1ConfigMap or Corev1Event when metadata is null => "metadata",
        V1Pod when metadata?.Uid is null => "metadata.uid",
        V1Pod { Spec: null } or V1Service { Spec: null } or V1Deployment { Spec: null } => "spec",
        V1Pod { Spec: var spec } when !IsWhole(spec.Containers) || spec.Containers.Count == 0 => "spec.containers",
        V1Pod { Spec: var spec } when !IsWhole(spec.InitContainers ?? []) => "spec.initContainers",
        V1Pod { Status.ContainerStatuses: { } statuses } when statuses.Contains(null!) => "status.containerStatuses",
        V1Pod { Status.InitContainerStatuses: { } statuses } when statuses.Contains(null!) => "status.initContainerStatuses",
        V1Service { Spec.Ports: { } ports } when ports.Contains(null!) => "spec.ports",
        Corev1Event { InvolvedObject: null } => "involvedObject",
        _ => null,
    };

    private static bool IsWhole(IList<V1Container>? containers) => containers?.All(container => container?.Name is not null) == true;
}

/// <summary>An answer of the API is JSON, but not as the API writes it.</summary>
/// <param name="message">What is there instead, for people.</param>
internal sealed class UnreadableAnswerException(string message) : JsonException(message);
