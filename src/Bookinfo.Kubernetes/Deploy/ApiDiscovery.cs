using System.Text.Json;
using k8s.Autorest;

namespace Bookinfo.Kubernetes;

/// <summary>Asks a cluster which kinds of objects it has.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class ApiDiscovery(ClusterConnection cluster)
{
    private readonly Dictionary<string, Task<IReadOnlyList<ApiResource>>> _versions = [];

    /// <summary>Finds how the API calls a kind.</summary>
    /// <param name="apiVersion">Group and version.</param>
    /// <param name="kind">The kind.</param>
    /// <returns>The resource; <see langword="null"/> when the cluster has none.</returns>
    /// <exception cref="HttpOperationException">That cannot be known at the moment. To ask again asks the cluster again.</exception>
    public async Task<ApiResource?> FindAsync(string apiVersion, string kind, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<ApiResource>>? resources;
        lock (_versions)
        {
            if (!_versions.TryGetValue(apiVersion, out resources) || resources.IsFaulted || resources.IsCanceled)
            {
                _versions[apiVersion] = resources = ListAsync(apiVersion, cancellationToken);
            }
        }

        return (await resources).FirstOrDefault(resource => resource.Kind == kind);
    }

    /// <summary>
    /// Lists all kinds, in every version that the cluster serves, of each group the preferred one first: a kind need not be in that one.
    /// </summary>
    /// <returns>The resources; and the groups with their versions that do not answer, as aggregated APIs do that are down.</returns>
    public async Task<(IReadOnlyList<ApiResource> Resources, IReadOnlyList<string> Silent)> ListAsync(CancellationToken cancellationToken)
    {
        using var groups = await cluster.GetAsync("apis", cancellationToken);
        var versions = Elements(groups.RootElement, "groups")
            .SelectMany(static group => Elements(group, "versions").Prepend(group.GetProperty("preferredVersion")))
            .Select(static version => version.GetProperty("groupVersion").GetString()!)
            .Prepend("v1")
            .Distinct();
        var found = await Task.WhenAll(
            versions.Select(async version => (Version: version, Resources: await TryListAsync(version, cancellationToken))));
        return (
            [.. found.SelectMany(one => one.Resources ?? [])],
            [.. found.Where(one => one.Resources is null).Select(one => one.Version)]);
    }

    private async Task<IReadOnlyList<ApiResource>?> TryListAsync(string apiVersion, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(apiVersion, cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsUnavailable(exception))
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<ApiResource>> ListAsync(string apiVersion, CancellationToken cancellationToken)
    {
        JsonDocument list;
        try
        {
            list = await cluster.GetAsync(ApiResource.Root(apiVersion), cancellationToken);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            // The cluster has no such version.
            return [];
        }

        using (list)
        {
            return
            [
                .. Elements(list.RootElement, "resources")
                    .Where(resource => !resource.GetProperty("name").GetString()!.Contains('/'))
                    .Select(resource => new ApiResource(
                        apiVersion,
                        resource.GetProperty("kind").GetString()!,
                        resource.GetProperty("name").GetString()!,
                        resource.GetProperty("namespaced").GetBoolean(),
                        Elements(resource, "verbs").Any(verb => verb.GetString() == "list"))),
            ];
        }
    }

    /// <summary>What is in a list, which is null or missing when it is empty.</summary>
    private static List<JsonElement> Elements(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];
}

/// <summary>How the API of a cluster calls the objects of a kind.</summary>
/// <param name="ApiVersion">Group and version, such as <c>apps/v1</c>.</param>
/// <param name="Kind">The kind, such as <c>Deployment</c>.</param>
/// <param name="Plural">The name in paths and rights, such as <c>deployments</c>.</param>
/// <param name="IsNamespaced">Whether its objects are in a namespace.</param>
/// <param name="IsListable">Whether they can be listed.</param>
internal sealed record ApiResource(string ApiVersion, string Kind, string Plural, bool IsNamespaced, bool IsListable)
{
    /// <summary>The API group; empty for the core one.</summary>
    public string Group => GroupOf(ApiVersion);

    /// <summary>The group of an API version.</summary>
    /// <param name="apiVersion">Group and version.</param>
    public static string GroupOf(string apiVersion) => apiVersion.Contains('/') ? apiVersion[..apiVersion.IndexOf('/')] : "";

    /// <summary>The path of an API version.</summary>
    /// <param name="apiVersion">Group and version.</param>
    public static string Root(string apiVersion) => apiVersion.Contains('/') ? $"apis/{apiVersion}" : $"api/{apiVersion}";

    /// <summary>The path of all of its objects.</summary>
    /// <param name="space">The namespace; of no use for objects of the whole cluster.</param>
    public string ListPath(string? space) =>
        IsNamespaced ? $"{Root(ApiVersion)}/namespaces/{Uri.EscapeDataString(space ?? "")}/{Plural}" : $"{Root(ApiVersion)}/{Plural}";

    /// <summary>The path of an object.</summary>
    /// <param name="one">The object.</param>
    public string Path(ObjectReference one) => $"{ListPath(one.Namespace)}/{Uri.EscapeDataString(one.Name)}";
}
