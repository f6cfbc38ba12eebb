using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Divides requests by the weights of an object that a mesh goes by. Only the rule that is for everybody changes; those for some users
/// stay. How it was before stands in an annotation.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="kind">What kind of object it is.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class RouteSplit(ClusterConnection cluster, string space, RouteKind kind, TimeProvider time) : IClusterRoute
{
    /// <summary>How long proxies may take to follow.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    private string Name => $"{kind.Kind} {RouteKind.Object} in namespace {space}";

    /// <inheritdoc/>
    public string Description => $"the weights of {Name}";

    private string Path => kind.PathIn(space);

    /// <summary>The right that it takes to see how requests are divided.</summary>
    public static Right ReadRight(string space, RouteKind kind) => new("get", kind.Plural, kind.Group, space);

    /// <summary>The further right that it takes to change that.</summary>
    public static Right ChangeRight(string space, RouteKind kind) => new("patch", kind.Plural, kind.Group, space);

    /// <inheritdoc/>
    public async Task<SplitState> ReadAsync(CancellationToken cancellationToken)
    {
        var rules = Rules(await GetAsync(cancellationToken));
        var backends = DefaultRule(rules)[kind.Backends]?.AsArray() ?? [];
        var weights = backends.OfType<JsonObject>()
            .Select(backend => (Version: kind.VersionOf(backend), Weight: kind.WeightOf(backend, backends.Count)))
            .ToList();
        return weights.Exists(one => one.Version is null) ? throw Strange("sends requests elsewhere than to versions of reviews")
            : weights.Sum(one => one.Weight) <= 0 ? throw Strange("sends no requests anywhere, as no weight is above 0")
            : new SplitState(
                VersionShares.OfWeights([
                    .. weights.GroupBy(one => one.Version!, one => one.Weight).Select(one => KeyValuePair.Create(one.Key, one.Sum())),
                ]),
                null,
                rules.ToJsonString());
    }

    /// <inheritdoc/>
    public async Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken)
    {
        var route = await GetAsync(cancellationToken);
        foreach (var version in shares.Versions)
        {
            if (await kind.FindMissingAsync(cluster, space, version, cancellationToken) is { } missing)
            {
                throw new OperationFailedException(
                    FailureKind.NotDeployed, $"{version} can get no requests by {Name}: there is no {missing} in namespace {space}.");
            }
        }

        var rules = Rules(route);
        var before = rules.ToJsonString();
        DefaultRule(rules)[kind.Backends] = new JsonArray(
            [.. shares.Versions.Select(version => kind.Backend(version, shares[version]))]);
        var isFirst = route["metadata"]?["annotations"]?[CanaryMark.Before] is null;
        await PatchAsync(route, rules, isFirst ? [(CanaryMark.Before, before)] : [], cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken)
    {
        var route = await GetAsync(cancellationToken);
        if ((state?.Raw ?? (string?)route["metadata"]?["annotations"]?[CanaryMark.Before]) is not { } text)
        {
            return null;
        }

        JsonArray? rules;
        try
        {
            rules = JsonNode.Parse(text) as JsonArray;
        }
        catch (JsonException)
        {
            rules = null;
        }

        if (rules is null)
        {
            throw CanaryMark.Spoiled($"{kind.Kind} {RouteKind.Object}", space);
        }

        await PatchAsync(route, rules, state is null ? [(CanaryMark.Before, null)] : [], cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private async Task<JsonObject> GetAsync(CancellationToken cancellationToken)
    {
        using var found = await cluster.GetAsync(Path, cancellationToken);
        return JsonObject.Create(found.RootElement.Clone())!;
    }

    private JsonArray Rules(JsonObject route) =>
        route["spec"]?[kind.Rules] as JsonArray ?? throw Strange("has no rules");

    /// <summary>The rule for requests that no other one is for.</summary>
    private JsonObject DefaultRule(JsonArray rules) =>
        rules.OfType<JsonObject>().Where(rule => kind.IsForEverybody(rule)).ToList() is [var one]
            ? one
            : throw Strange("does not have exactly one rule that is for everybody");

    private async Task PatchAsync(
        JsonObject route, JsonArray rules, IEnumerable<(string Name, string? Value)> annotations, CancellationToken cancellationToken)
    {
        var change = CanaryMark.Change(annotations);
        // Refused by the cluster when somebody has changed it meanwhile.
        change["metadata"]!["resourceVersion"] = route["metadata"]?["resourceVersion"]?.DeepClone();
        change["spec"] = new JsonObject { [kind.Rules] = rules.DeepClone() };
        await cluster.PatchAsync(Path, change, cancellationToken);
        await Task.Delay(Settle, time, cancellationToken);
    }

    private OperationFailedException Strange(string what) => new(
        FailureKind.InvalidRequest,
        $"{Name} {what}, so it is not one that 'canary' can change: see docs/components.md for those that are.");
}

/// <summary>A kind of object by which a mesh divides requests.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Plural">The kind as paths have it.</param>
/// <param name="Rules">The field with the rules.</param>
/// <param name="Backends">The field of a rule with where requests go.</param>
internal abstract record RouteKind(string ApiVersion, string Kind, string Plural, string Rules, string Backends)
{
    /// <summary>The name of such an object, and the service that it is for.</summary>
    public static readonly string Object = ServiceCatalog.Reviews.Name;

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<RouteKind> All { get; } = [new HttpRouteKind(), new VirtualServiceKind()];

    /// <summary>The API group.</summary>
    public string Group => ApiVersion.Split('/')[0];

    /// <summary>The path of the object.</summary>
    /// <param name="space">The namespace.</param>
    public string PathIn(string space) => $"apis/{ApiVersion}/namespaces/{space}/{Plural}/{Object}";

    /// <summary>Whether a rule is for all requests.</summary>
    public abstract bool IsForEverybody(JsonObject rule);

    /// <summary>The version that requests go to; <see langword="null"/> when it is none of reviews.</summary>
    public abstract string? VersionOf(JsonObject backend);

    /// <summary>The weight of a place that requests go to.</summary>
    /// <param name="backend">The place.</param>
    /// <param name="count">How many there are in its rule.</param>
    public abstract int WeightOf(JsonObject backend, int count);

    /// <summary>Makes a place that requests go to.</summary>
    public abstract JsonObject Backend(string version, int weight);

    /// <summary>Looks for what it takes for requests to reach a version.</summary>
    /// <returns>What is not there; <see langword="null"/> when everything is.</returns>
    public abstract Task<string?> FindMissingAsync(
        ClusterConnection cluster, string space, string version, CancellationToken cancellationToken);

    /// <summary>An HTTPRoute of the Gateway API, for the Service of reviews.</summary>
    private sealed record HttpRouteKind() : RouteKind(
        "gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes", "rules", "backendRefs")
    {
        /// <summary>The API server writes a match of all paths into a rule without any.</summary>
        public override bool IsForEverybody(JsonObject rule) => (rule["matches"] as JsonArray ?? []).OfType<JsonObject>().All(match =>
            match.All(part => part.Key == "path")
                && (string?)match["path"]?["type"] is null or "PathPrefix"
                && (string?)match["path"]?["value"] is null or "/");

        public override string? VersionOf(JsonObject backend) =>
            VersionShares.AllVersions.FirstOrDefault(version => (string?)backend["name"] == $"{Object}-{version}");

        public override int WeightOf(JsonObject backend, int count) => (int?)backend["weight"] ?? 1;

        public override JsonObject Backend(string version, int weight) => new()
        {
            ["name"] = $"{Object}-{version}",
            ["port"] = ServiceCatalog.ServicePort,
            ["weight"] = weight,
        };

        public override async Task<string?> FindMissingAsync(
            ClusterConnection cluster, string space, string version, CancellationToken cancellationToken) =>
            await cluster.ExistsAsync($"api/v1/namespaces/{space}/services/{Object}-{version}", cancellationToken)
                ? null
                : $"Service {Object}-{version}";
    }

    /// <summary>A VirtualService of Istio, for the Service of reviews.</summary>
    private sealed record VirtualServiceKind() : RouteKind("networking.istio.io/v1", "VirtualService", "virtualservices", "http", "route")
    {
        public override bool IsForEverybody(JsonObject rule) => rule["match"] is null or JsonArray { Count: 0 };

        public override string? VersionOf(JsonObject backend) => (string?)backend["destination"]?["host"] == Object
            ? VersionShares.AllVersions.FirstOrDefault(version => (string?)backend["destination"]?["subset"] == version)
            : null;

        /// <summary>A place that is alone gets everything, whatever its weight.</summary>
        public override int WeightOf(JsonObject backend, int count) => count == 1 ? 1 : (int?)backend["weight"] ?? 0;

        public override JsonObject Backend(string version, int weight) => new()
        {
            ["destination"] = new JsonObject { ["host"] = Object, ["subset"] = version },
            ["weight"] = weight,
        };

        public override async Task<string?> FindMissingAsync(
            ClusterConnection cluster, string space, string version, CancellationToken cancellationToken)
        {
            var path = $"apis/{ApiVersion}/namespaces/{space}/destinationrules/{Object}";
            if (!await cluster.ExistsAsync(path, cancellationToken))
            {
                return $"DestinationRule {Object}";
            }

            using var rule = await cluster.GetAsync(path, cancellationToken);
            return JsonObject.Create(rule.RootElement.Clone())!["spec"]?["subsets"] is JsonArray subsets
                && subsets.Any(subset => (string?)subset?["name"] == version)
                ? null
                : $"subset {version} of DestinationRule {Object}";
        }
    }
}
