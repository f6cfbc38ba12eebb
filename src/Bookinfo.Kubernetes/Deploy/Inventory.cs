using System.Reflection;
using Bookinfo.Foundation;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// What <c>deploy</c> made in a namespace, and so what <c>delete</c> removes. It is kept in a ConfigMap there, readable for people:
/// one line an object. What existed before is not in it.
/// </summary>
/// <param name="Overlay">The overlay that was deployed, relative to the working copy.</param>
/// <param name="Components">The components that were added.</param>
/// <param name="Objects">The objects that were made, the namespace among them if it was.</param>
public sealed record Inventory(string Overlay, IReadOnlyList<string> Components, IReadOnlyList<ObjectReference> Objects)
{
    /// <summary>The name of the ConfigMap.</summary>
    public const string Name = "bookinfo-deployment";

    /// <summary>The labels of everything that is not in the manifests.</summary>
    public static readonly IReadOnlyDictionary<string, string> Labels = new Dictionary<string, string>
    {
        ["app.kubernetes.io/managed-by"] = "bookinfo",
        [DeployedApplication.PartOf] = "bookinfo",
    };

    private static readonly string ToolVersion =
        typeof(Inventory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Reads the inventory of a namespace.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The inventory and the ConfigMap that it is from; <see langword="null"/> when nothing was deployed there.</returns>
    public static async Task<(Inventory Inventory, V1ConfigMap Stored)?> ReadAsync(
        IKubernetes api, string space, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await api.CoreV1.ReadNamespacedConfigMapAsync(Name, space, cancellationToken: cancellationToken);
            return (Parse(stored, space), stored);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Reads it from its ConfigMap. Others than who runs <c>delete</c> may be allowed to write it: nothing in it may lead a request to
    /// another path than that of the object, or to another namespace as a whole.
    /// </summary>
    /// <param name="stored">The ConfigMap.</param>
    /// <param name="space">The namespace that it is in.</param>
    /// <exception cref="OperationFailedException">Somebody has changed it.</exception>
    public static Inventory Parse(V1ConfigMap stored, string space)
    {
        string[] Lines(string key) => (stored.Data?.TryGetValue(key, out var text) == true ? text : "").Split(
            '\n', StringSplitOptions.RemoveEmptyEntries);
        return new Inventory(
            string.Concat(Lines("overlay")), Lines("components"), [.. Lines("objects").Select(line => ParseObject(line, space))]);
    }

    private static ObjectReference ParseObject(string line, string space)
    {
        var parts = line.Split(' ');
        if (parts.Length is not (3 or 4) || !IsVersion(parts[0]) || !parts.Skip(1).All(IsSegment))
        {
            throw Spoiled(line, space, "is not 'apiVersion kind name [namespace]': correct it, or delete it and what it lists yourself.");
        }

        var one = new ObjectReference(parts[0], parts[1], parts[2], parts.ElementAtOrDefault(3));
        return one.Kind != "Namespace" || one == ObjectReference.NamespaceOf(space)
            ? one
            : throw Spoiled(
                line, space, "is not the namespace that it is in: take that line out. If that namespace is to go, delete it yourself.");
    }

    private static bool IsVersion(string text) => text.Split('/') is { Length: <= 2 } parts && parts.All(IsSegment);

    /// <summary>Whether a text is a part of a path, and no more than one.</summary>
    private static bool IsSegment(string text) => text is not ("" or "." or "..") && !text.AsSpan().ContainsAny(@"/\%?#");

    private static OperationFailedException Spoiled(string line, string space, string why) => new(
        FailureKind.Failed, $"ConfigMap {Name} in namespace '{space}' says 'objects: {line}', which {why}");

    /// <summary>Writes it, unless that is what is stored.</summary>
    /// <param name="api">The cluster.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="stored">What is stored; <see langword="null"/> when there is nothing yet.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What is stored now.</returns>
    public async Task<V1ConfigMap> WriteAsync(IKubernetes api, string space, V1ConfigMap? stored, CancellationToken cancellationToken)
    {
        var data = ToData();
        try
        {
            return await WriteAsync(api, space, stored, data, cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsConflict(exception))
        {
            // It may be written already: by a request whose answer was lost, or by another deploy of the same.
            if (await ReadAsync(api, space, cancellationToken) is { Stored: var now } && IsStored(data, now))
            {
                return now;
            }

            throw;
        }
    }

    private static async Task<V1ConfigMap> WriteAsync(
        IKubernetes api, string space, V1ConfigMap? stored, Dictionary<string, string> data, CancellationToken cancellationToken)
    {
        if (stored is null)
        {
            return await api.CoreV1.CreateNamespacedConfigMapAsync(
                new V1ConfigMap { Metadata = new V1ObjectMeta { Name = Name, Labels = Labels.ToDictionary() }, Data = data }, space,
                cancellationToken: cancellationToken);
        }

        if (IsStored(data, stored))
        {
            return stored;
        }

        // It carries the version that was read, so another deploy in between is noticed.
        return await api.CoreV1.ReplaceNamespacedConfigMapAsync(
            new V1ConfigMap { Metadata = stored.Metadata, Data = data }, Name, space, cancellationToken: cancellationToken);
    }

    private static bool IsStored(Dictionary<string, string> data, V1ConfigMap stored) =>
        stored.Data is { } old && old.Count == data.Count
            && data.All(pair => old.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private Dictionary<string, string> ToData() => new()
    {
        ["overlay"] = Overlay,
        ["components"] = string.Join('\n', Components),
        ["version"] = ToolVersion,
        ["objects"] = string.Concat(Objects.Select(one => $"{one.ApiVersion} {one.Kind} "
            + $"{one.Name}{(one.Namespace is null ? "" : $" {one.Namespace}")}\n")),
    };
}
