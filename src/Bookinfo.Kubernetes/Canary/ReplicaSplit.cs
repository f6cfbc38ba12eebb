using System.Globalization;
using System.Text.Json.Nodes;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using k8s;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Divides requests by the number of pods: the Service of reviews spreads connections over all of them, whichever version they are. What
/// was asked for, and how it was before, stands in annotations of the Service.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="options">How it is done.</param>
/// <param name="time">Tells the time and waits.</param>
internal sealed class ReplicaSplit(ClusterConnection cluster, string space, ClusterSplitOptions options, TimeProvider time) : IClusterRoute
{
    private const string Advice =
        "'bookinfo canary rollback' goes back to how it was before; 'bookinfo status' shows the pods.";

    private static readonly string Service = ServiceCatalog.Reviews.Name;

    /// <inheritdoc/>
    public string Description => $"the replicas of {Service} in namespace {space}";

    /// <summary>The rights that it takes to see how requests are divided.</summary>
    /// <param name="space">The namespace.</param>
    public static IReadOnlyList<Right> ReadRights(string space) =>
        [new("list", "deployments", "apps", space), new("get", "services", Namespace: space)];

    /// <summary>The further rights that it takes to change that.</summary>
    /// <param name="space">The namespace.</param>
    public static IReadOnlyList<Right> ChangeRights(string space) =>
    [
        new("patch", "deployments/scale", "apps", space),
        new("list", "replicasets", "apps", space),
        new("list", "pods", Namespace: space),
        new("list", "events", Namespace: space),
        new("patch", "services", Namespace: space),
        new("list", "horizontalpodautoscalers", "autoscaling", space),
    ];

    /// <inheritdoc/>
    public async Task<SplitState> ReadAsync(CancellationToken cancellationToken)
    {
        var replicas = await ReadReplicasAsync(cancellationToken);
        var running = replicas.Where(one => one.Value > 0).ToList();
        if (running.Count == 0)
        {
            throw new OperationFailedException(
                FailureKind.NotDeployed, $"no version of {Service} has any pods in namespace {space}: 'bookinfo deploy' deploys them.");
        }

        var pods = running.Sum(one => one.Value);
        var service = await cluster.Api.CoreV1.ReadNamespacedServiceAsync(Service, space, cancellationToken: cancellationToken);
        var text = service.GetAnnotation(CanaryMark.Asked);
        var raw = $"{Text(replicas)};{text}";
        // What was asked for counts unless somebody has changed the number of pods since.
        if (text is not null && VersionShares.TryParse(text) is { } asked
            && asked.Versions.Count <= pods
            && ReplicaPlan.Of(asked, pods) is var plan
            && plan.Replicas.OrderBy(one => one.Key).SequenceEqual(running.OrderBy(one => one.Key)))
        {
            return new SplitState(asked, plan.Describe(), raw);
        }

        var shares = VersionShares.OfWeights(running);
        return new SplitState(shares, new ReplicaPlan(running.ToDictionary(), 0).Describe(), raw);
    }

    /// <inheritdoc/>
    public async Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken)
    {
        var before = await ReadReplicasAsync(cancellationToken);
        if (shares.Versions.FirstOrDefault(version => !before.ContainsKey(version)) is { } missing)
        {
            throw new OperationFailedException(
                FailureKind.NotDeployed,
                $"there is no Deployment {Name(missing)} in namespace {space}, so {missing} can get no requests: deploy it first.");
        }

        if (shares.Versions.Count > options.MostPods)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"--pods '{options.MostPods}' is not allowed with {shares}: each of the {shares.Versions.Count} versions needs a pod.");
        }

        await RequireNoAutoscalerAsync(cancellationToken);
        var plan = ReplicaPlan.For(shares, options.MostPods);
        await MarkAsync(before, shares, cancellationToken);
        await ScaleAsync(before, before.ToDictionary(one => one.Key, one => plan.Replicas.GetValueOrDefault(one.Key)), cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken)
    {
        var service = await cluster.Api.CoreV1.ReadNamespacedServiceAsync(Service, space, cancellationToken: cancellationToken);
        // Somebody may have written a ';' into the annotation.
        var raw = state?.Raw.Split(';', 2);
        if ((raw?[0] ?? service.GetAnnotation(CanaryMark.Before)) is not { } text)
        {
            return null;
        }

        if (Parse(text) is not { } wanted)
        {
            throw CanaryMark.Spoiled($"Service {Service}", space);
        }

        var now = await ReadReplicasAsync(cancellationToken);
        await ScaleAsync(now, now.ToDictionary(one => one.Key, one => wanted.GetValueOrDefault(one.Key, one.Value)), cancellationToken);
        await AnnotateAsync(
            raw is null
                ? [(CanaryMark.Before, null), (CanaryMark.Asked, null)]
                : [(CanaryMark.Asked, raw[1].Length > 0 ? raw[1] : null)],
            cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private static string Name(string version) => $"{Service}-{version}";

    private static string Text(Dictionary<string, int> replicas) => string.Join(
        ',', replicas.OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Key}={one.Value}")));

    /// <summary>Reads replicas that stand in an annotation; <see langword="null"/> when somebody has changed it.</summary>
    private static Dictionary<string, int>? Parse(string text)
    {
        var parts = text.Split(',').Select(part => part.Split('=')).ToList();
        return parts.TrueForAll(part => part.Length == 2 && VersionShares.AllVersions.Contains(part[0])
            && int.TryParse(part[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            && parts.DistinctBy(part => part[0]).Count() == parts.Count
            ? parts.ToDictionary(part => part[0], part => int.Parse(part[1], CultureInfo.InvariantCulture))
            : null;
    }

    private async Task<Dictionary<string, int>> ReadReplicasAsync(CancellationToken cancellationToken)
    {
        var deployments = (await cluster.Api.AppsV1.ListNamespacedDeploymentAsync(space, cancellationToken: cancellationToken)).All();
        return VersionShares.AllVersions
            .Select(version => (version, Deployment: deployments.FirstOrDefault(one => one.Metadata.Name == Name(version))))
            .Where(one => one.Deployment is not null)
            .ToDictionary(one => one.version, one => one.Deployment!.Spec.Replicas ?? 1);
    }

    private async Task RequireNoAutoscalerAsync(CancellationToken cancellationToken)
    {
        var names = VersionShares.AllVersions.Select(Name).ToList();
        var autoscalers = (await cluster.Api.AutoscalingV1.ListNamespacedHorizontalPodAutoscalerAsync(
            space, cancellationToken: cancellationToken)).All();
        if (autoscalers.FirstOrDefault(one => names.Contains(one.Spec.ScaleTargetRef.Name)) is { } autoscaler)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"HorizontalPodAutoscaler {autoscaler.Metadata.Name} in namespace {space} sets the number of pods of "
                + $"{autoscaler.Spec.ScaleTargetRef.Name}, and would undo this: delete those of {Service} first (component autoscaling).");
        }
    }

    private async Task ScaleAsync(
        Dictionary<string, int> from, Dictionary<string, int> to, CancellationToken cancellationToken)
    {
        // Up first: nobody is to be without a pod in between.
        foreach (var isUp in new[] { true, false })
        {
            var changed = to.Where(one => isUp ? one.Value > from[one.Key] : one.Value < from[one.Key]).ToList();
            foreach (var (version, replicas) in changed)
            {
                await cluster.PatchAsync(
                    $"apis/apps/v1/namespaces/{space}/deployments/{Name(version)}/scale",
                    new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }, cancellationToken);
            }

            if (changed.Count > 0)
            {
                await using var view = new NoView();
                var rollout = new Rollout(cluster.Api, space, [.. changed.Select(one => Name(one.Key))], view, time) { Advice = Advice };
                await rollout.WaitAsync(time.GetTimestamp(), options.Timeout, cancellationToken);
            }
        }
    }

    private async Task MarkAsync(Dictionary<string, int> before, VersionShares asked, CancellationToken cancellationToken)
    {
        var service = await cluster.Api.CoreV1.ReadNamespacedServiceAsync(Service, space, cancellationToken: cancellationToken);
        await AnnotateAsync(
            service.GetAnnotation(CanaryMark.Before) is null
                ? [(CanaryMark.Before, Text(before)), (CanaryMark.Asked, asked.ToString())]
                : [(CanaryMark.Asked, asked.ToString())],
            cancellationToken);
    }

    private Task AnnotateAsync(IEnumerable<(string Name, string? Value)> annotations, CancellationToken cancellationToken) =>
        cluster.PatchAsync($"api/v1/namespaces/{space}/services/{Service}", CanaryMark.Change(annotations), cancellationToken);

    private sealed class NoView : IDeployView
    {
        public void Applied(ApplySummary applied)
        {
        }

        public void Changed(IReadOnlyList<RolloutStatus> rollouts, IReadOnlyList<RolloutStatus> changed)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
