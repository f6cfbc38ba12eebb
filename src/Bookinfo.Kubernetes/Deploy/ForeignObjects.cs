using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Finds the objects in a namespace that were made neither by <c>deploy</c>, whose own are gone by then, nor by the cluster itself.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="discovery">Knows which kinds the cluster has.</param>
/// <param name="space">The namespace.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class ForeignObjects(ClusterConnection cluster, ApiDiscovery discovery, string space, TimeProvider time)
{
    /// <summary>The annotation that names the ServiceAccount whose token a Secret holds.</summary>
    private const string ServiceAccountName = "kubernetes.io/service-account.name";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>How long to wait for an API that does not answer before treating it as down.</summary>
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(5);

    /// <summary>The kinds that Kubernetes itself derives from other objects in a namespace, often without an owner reference.</summary>
    private static readonly (string Group, string Kind)[] DerivedKinds =
    [
        ("", "Event"), ("events.k8s.io", "Event"), ("", "Endpoints"), ("discovery.k8s.io", "EndpointSlice"),
        ("coordination.k8s.io", "Lease"),
    ];

    /// <summary>API groups in which nothing can be created: they show what pods use.</summary>
    private static readonly string[] MetricsGroups = ["metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io"];

    /// <summary>What Kubernetes and meshes put into every namespace.</summary>
    private static readonly (string Kind, string Name)[] Automatic =
    [
        ("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"), ("ConfigMap", "istio-ca-root-cert"),
        ("ConfigMap", "istio-ca-crl"), ("ConfigMap", "linkerd-identity-trust-roots"),
        // OpenShift's.
        ("ServiceAccount", "builder"), ("ServiceAccount", "deployer"), ("ConfigMap", "openshift-service-ca.crt"),
    ];

    /// <summary>Finds the foreign objects.</summary>
    /// <param name="inventory">What <c>deploy</c> made.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A line for each object, and for each kind that could not be listed.</returns>
    public async Task<IReadOnlyList<string>> FindAsync(Inventory inventory, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (resources, silent) = await discovery.ListAsync(cancellationToken);
        while (silent.Any(IsOfObjects) && time.GetElapsedTime(began) < SilencePatience)
        {
            await Task.Delay(Interval, time, cancellationToken);
            (resources, silent) = await discovery.ListAsync(cancellationToken);
        }

        var lists = await Task.WhenAll(resources
            .Where(resource => resource is { IsNamespaced: true, IsListable: true } && IsOfObjects(resource.ApiVersion))
            .Where(resource => !DerivedKinds.Contains((resource.Group, resource.Kind)))
            // All versions of a resource list the same objects.
            .DistinctBy(resource => (resource.Group, resource.Plural))
            .Select(resource => ListAsync(resource, cancellationToken)));
        var objects = lists.SelectMany(list => list.Objects).ToList();
        var tokens = objects.Any(one => TokenOf(one.Kind, one.Metadata) is not null) ? await ListTokensAsync(cancellationToken) : null;
        return
        [
            .. lists.Select(list => list.Problem).OfType<string>(),
            .. objects
                .Where(one => IsForeign(one.Kind, one.Metadata, owner => GoesWith(owner, resources, inventory), tokens))
                // The same object can be in several API groups, as Ingresses were and Events are.
                .DistinctBy(one => one.Metadata.GetProperty("uid").GetString())
                .Select(one => $"{one.Kind} {one.Metadata.GetProperty("name").GetString()}"),
            .. silent.Where(IsOfObjects).Select(version => $"perhaps something of {version}, which does not answer"),
        ];
    }

    /// <summary>Whether an object was made by somebody other than <c>deploy</c> and the cluster.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="goesWith">Whether the objects that an owner owns are deleted with it.</param>
    /// <param name="tokens">The names of the Secrets that each ServiceAccount lists, by account.</param>
    internal static bool IsForeign(
        string kind, JsonElement metadata, Predicate<ObjectReference> goesWith, IReadOnlyDictionary<string, IReadOnlyList<string>>? tokens)
    {
        var name = metadata.GetProperty("name").GetString()!;
        var owners = Owners(metadata).ToList();
        var owned = owners.Count > 0 && owners.TrueForAll(goesWith);
        var leaving = metadata.TryGetProperty("deletionTimestamp", out _);
        // Up to Kubernetes 1.23 each ServiceAccount has a Secret with its token, and lists it. A Secret that was made by hand is not in
        // that list. When an account is gone, all of its tokens go as well.
        var token = TokenOf(kind, metadata) is { } account
            && (tokens?.TryGetValue(account, out var listed) != true || listed!.Contains(name));
        return !owned && !leaving && !token && !Automatic.Contains((kind, name)) && (kind, name) != ("ConfigMap", Inventory.Name);
    }

    /// <summary>
    /// Whether the objects that an owner owns are deleted with it: the owner is in the namespace, where it is examined itself, or it is
    /// cluster-scoped and was made by <c>deploy</c>. Any other cluster-scoped owner stays, and belongs to somebody else.
    /// </summary>
    private static bool GoesWith(ObjectReference owner, IEnumerable<ApiResource> resources, Inventory inventory) =>
        resources.Any(resource => resource.IsNamespaced && resource.Group == owner.Group && resource.Kind == owner.Kind)
        || inventory.Objects.Any(one => one.Namespace is null && one.IsSameAs(owner));

    private static IEnumerable<ObjectReference> Owners(JsonElement metadata) =>
        metadata.TryGetProperty("ownerReferences", out var owners) && owners.ValueKind == JsonValueKind.Array
            ? owners.EnumerateArray().Select(static owner => new ObjectReference(
                owner.GetProperty("apiVersion").GetString()!,
                owner.GetProperty("kind").GetString()!,
                owner.GetProperty("name").GetString()!,
                null))
            : [];

    /// <summary>The ServiceAccount whose token a Secret claims to hold; <see langword="null"/> for any other object.</summary>
    private static string? TokenOf(string kind, JsonElement metadata) =>
        kind == "Secret" && metadata.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
            && annotations.TryGetProperty(ServiceAccountName, out var account)
            ? account.GetString()
            : null;

    /// <summary>Whether the objects of an API version can be created by somebody.</summary>
    private static bool IsOfObjects(string version) => !MetricsGroups.Contains(ApiResource.GroupOf(version));

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ListTokensAsync(CancellationToken cancellationToken)
    {
        try
        {
            var accounts = await cluster.Api.CoreV1.ListNamespacedServiceAccountAsync(space, cancellationToken: cancellationToken);
            return accounts.All().ToDictionary(
                static account => account.Metadata.Name,
                static account => (IReadOnlyList<string>)[.. (account.Secrets ?? []).Select(static secret => secret.Name)]);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            // What cannot be listed counts as somebody else's, so the namespace stays.
            return new Dictionary<string, IReadOnlyList<string>>();
        }
    }

    /// <returns>The objects of a kind, or why they cannot be listed, which counts as a foreign object.</returns>
    private async Task<(IReadOnlyList<(string Kind, JsonElement Metadata)> Objects, string? Problem)> ListAsync(
        ApiResource resource, CancellationToken cancellationToken)
    {
        JsonDocument list;
        try
        {
            list = await cluster.GetMetadataAsync(resource.ListPath(space), list: true, cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            return ([], $"perhaps {resource.Plural}: you are not allowed to list them");
        }
        catch (HttpOperationException exception) when (
            ClusterFailure.IsNotFound(exception)
            || exception.Response is { StatusCode: HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotAcceptable })
        {
            // Some resources are in the discovery, but cannot be listed because none of their objects are stored.
            return ([], null);
        }

        using (list)
        {
            // Some versions write null for an empty list.
            var items = list.RootElement.GetProperty("items");
            return items.ValueKind != JsonValueKind.Array
                ? ([], null)
                : ([.. items.EnumerateArray().Select(item => (resource.Kind, item.GetProperty("metadata").Clone()))], null);
        }
    }
}
