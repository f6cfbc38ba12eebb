using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>Finds what is in a namespace and neither was made by <c>deploy</c>, which is gone by then, nor by the cluster itself.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="discovery">Which kinds it has.</param>
/// <param name="space">The namespace.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class ForeignObjects(ClusterConnection cluster, ApiDiscovery discovery, string space, TimeProvider time)
{
    /// <summary>The annotation of a Secret with the token of a ServiceAccount.</summary>
    private const string ServiceAccountName = "kubernetes.io/service-account.name";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>How long an API may be silent before it is taken for one that is down.</summary>
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(5);

    /// <summary>What Kubernetes itself makes in a namespace for what others have made there, without saying whose it is.</summary>
    private static readonly (string Group, string Kind)[] DerivedKinds =
    [
        ("", "Event"), ("events.k8s.io", "Event"), ("", "Endpoints"), ("discovery.k8s.io", "EndpointSlice"),
        ("coordination.k8s.io", "Lease"),
    ];

    /// <summary>Groups in which nobody can make anything: they show what pods use.</summary>
    private static readonly string[] MetricsGroups = ["metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io"];

    /// <summary>What Kubernetes and meshes put into every namespace.</summary>
    private static readonly (string Kind, string Name)[] Automatic =
    [
        ("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"), ("ConfigMap", "istio-ca-root-cert"),
        ("ConfigMap", "istio-ca-crl"), ("ConfigMap", "linkerd-identity-trust-roots"),
        // OpenShift's.
        ("ServiceAccount", "builder"), ("ServiceAccount", "deployer"), ("ConfigMap", "openshift-service-ca.crt"),
    ];

    /// <summary>Finds it.</summary>
    /// <param name="inventory">What <c>deploy</c> made.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>A line for each object.</returns>
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
            // In all of its versions it is the same objects.
            .DistinctBy(resource => (resource.Group, resource.Plural))
            .Select(resource => ListAsync(resource, cancellationToken)));
        var objects = lists.SelectMany(list => list.Objects).ToList();
        var tokens = objects.Any(one => TokenOf(one.Kind, one.Metadata) is not null) ? await ListTokensAsync(cancellationToken) : null;
        return
        [
            .. lists.Select(list => list.Problem).OfType<string>(),
            .. objects
                .Where(one => IsForeign(one.Kind, one.Metadata, owner => GoesWith(owner, resources, inventory), tokens))
                // An object can be in several groups: an Ingress was, and an Event is.
                .DistinctBy(one => one.Metadata.GetProperty("uid").GetString())
                .Select(one => $"{one.Kind} {one.Metadata.GetProperty("name").GetString()}"),
            .. silent.Where(IsOfObjects).Select(version => $"perhaps something of {version}, which does not answer"),
        ];
    }

    /// <summary>Whether somebody has made an object who is neither deploy nor the cluster.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="goesWith">Whether what one of its owners owns goes with that.</param>
    /// <param name="tokens">The names of the Secrets that the ServiceAccounts have, by account.</param>
    internal static bool IsForeign(
        string kind, JsonElement metadata, Predicate<ObjectReference> goesWith, IReadOnlyDictionary<string, IReadOnlyList<string>>? tokens)
    {
        var name = metadata.GetProperty("name").GetString()!;
        var owners = Owners(metadata).ToList();
        var owned = owners.Count > 0 && owners.TrueForAll(goesWith);
        var leaving = metadata.TryGetProperty("deletionTimestamp", out _);
        // The token of a ServiceAccount, which up to 1.23 each has, and lists. One that is made by hand is not in that list. The tokens of
        // an account that is gone go as well.
        var token = TokenOf(kind, metadata) is { } account
            && (tokens?.TryGetValue(account, out var listed) != true || listed!.Contains(name));
        return !owned && !leaving && !token && !Automatic.Contains((kind, name)) && (kind, name) != ("ConfigMap", Inventory.Name);
    }

    /// <summary>
    /// Whether what an object owns goes with it: the owner is in the namespace, where it is looked at itself, or was of the whole cluster
    /// and made by deploy. Another owner of the whole cluster stays, and is somebody else's.
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

    /// <summary>The ServiceAccount whose token a Secret says that it has.</summary>
    private static string? TokenOf(string kind, JsonElement metadata) =>
        kind == "Secret" && metadata.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
            && annotations.TryGetProperty(ServiceAccountName, out var account)
            ? account.GetString()
            : null;

    /// <summary>Whether an API version is of objects that somebody can make.</summary>
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
            // The namespace stays for that alone: what cannot be listed counts as somebody else's.
            return new Dictionary<string, IReadOnlyList<string>>();
        }
    }

    /// <returns>The objects of a kind; or why they cannot be listed, which counts as one of somebody else.</returns>
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
            // Listed in the discovery, and yet not kept anywhere.
            return ([], null);
        }

        using (list)
        {
            // An empty list is null to some versions.
            var items = list.RootElement.GetProperty("items");
            return items.ValueKind != JsonValueKind.Array
                ? ([], null)
                : ([.. items.EnumerateArray().Select(item => (resource.Kind, item.GetProperty("metadata").Clone()))], null);
        }
    }
}
