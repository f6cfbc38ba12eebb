using System.Collections.Concurrent;
using System.Globalization;
using Bookinfo.Measurement;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>Finds out how what is deployed does.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class StatusReader(ClusterConnection cluster, string space, TimeProvider time)
{
    /// <summary>How much of a log is read: what a service says when it listens is among the first lines.</summary>
    private const int LogHead = 4096;

    private readonly ResourceUse _use = new(cluster, space);

    /// <summary>What does not change while a container runs, by pod and number of restarts.</summary>
    private readonly ConcurrentDictionary<(string Uid, int Restarts), double> _startUps = [];
    private readonly ConcurrentDictionary<string, ImagePull> _pulls = [];

    /// <summary>Whether anything of Bookinfo is in the namespace.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<bool> IsDeployedAsync(CancellationToken cancellationToken) =>
        (await cluster.Api.AppsV1.ListNamespacedDeploymentAsync(
            space, labelSelector: DeployedApplication.PartOfBookinfo, cancellationToken: cancellationToken)).All().Count > 0
        || await Inventory.ReadAsync(cluster.Api, space, cancellationToken) is not null;

    /// <summary>Reads the status of all pods and Services.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="podsOnly">Whether to ask neither for Services nor for what the pods use.</param>
    public async Task<StatusReport> ReadAsync(CancellationToken cancellationToken, bool podsOnly = false)
    {
        var podList = cluster.Api.CoreV1.ListNamespacedPodAsync(space, cancellationToken: cancellationToken);
        var serviceList = podsOnly
            ? Task.FromResult(new V1ServiceList())
            : cluster.Api.CoreV1.ListNamespacedServiceAsync(space, cancellationToken: cancellationToken);
        var eventList = OrNoneAsync(
            "events: how images were pulled is not known",
            async () => (await cluster.Api.CoreV1.ListNamespacedEventAsync(space, cancellationToken: cancellationToken)).All(),
            cancellationToken);
        var nodeList = OrNoneAsync(
            "nodes: the sizes of images are not known",
            async () => (await cluster.Api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).All(),
            cancellationToken);
        var pods = (await podList).All().OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal).ToList();
        var (use, note) = podsOnly
            ? (new Dictionary<string, (double Cpu, double Memory)>(), null)
            : await _use.ReadAsync(pods.Select(pod => pod.Spec.NodeName).Where(node => node is { Length: > 0 }), cancellationToken);
        var (events, eventNote) = await eventList;
        var (nodes, nodeNote) = await nodeList;
        string[] notes = [.. new[] { note, eventNote, nodeNote }.OfType<string>()];
        var states = await Task.WhenAll(pods.Select(pod => DescribeAsync(pod, events, nodes, use, cancellationToken)));
        return new StatusReport(time.GetUtcNow(), space, states, [.. (await serviceList).All().Select(Describe)], notes);
    }

    /// <summary>The status of a pod in one word, as kubectl puts it together.</summary>
    /// <param name="pod">The pod.</param>
    public static string Describe(V1Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return pod.Status?.Reason == "NodeLost" ? "Unknown" : "Terminating";
        }

        IList<V1ContainerStatus> initial = pod.Status?.InitContainerStatuses ?? [];
        for (var done = 0; done < initial.Count; done++)
        {
            if (initial[done] is { State.Terminated.ExitCode: 0 }
                || (initial[done].Started == true && PodContainers.IsSidecar(pod.Spec, initial[done])))
            {
                continue;
            }

            var why = initial[done].State?.Terminated is { } end ? Reason(end)
                : initial[done].State?.Waiting?.Reason is { Length: > 0 } waits and not "PodInitializing" ? waits : null;
            return why is null ? $"Init:{done}/{initial.Count}" : $"Init:{why}";
        }

        IEnumerable<V1ContainerStatus> containers = pod.Status?.ContainerStatuses ?? [];
        return containers
            .Select(status => status.State?.Waiting?.Reason is { Length: > 0 } waiting ? waiting
                : status.State?.Terminated is { } ended ? Reason(ended) : null)
            .FirstOrDefault(reason => reason is not null) ?? (
                pod.Status?.Reason is { Length: > 0 } reason ? reason : pod.Status?.Phase ?? "Unknown");
    }

    private static string Reason(V1ContainerStateTerminated ended) =>
        ended.Reason is { Length: > 0 } reason ? reason : ended.Signal is > 0 ? $"Signal:{ended.Signal}" : $"ExitCode:{ended.ExitCode}";

    private static ServiceEntry Describe(V1Service service) => new(
        service.Metadata.Name,
        service.Spec.Type ?? "-",
        service.Spec.ClusterIP ?? service.Spec.ExternalName ?? "-",
        [.. (service.Spec.Ports ?? []).Select(port => string.Create(
            CultureInfo.InvariantCulture, $"{port.Port}{(port.NodePort is { } node ? $":{node}" : "")}/{port.Protocol}"))]);

    private static async Task<(IReadOnlyList<T> Items, string? Note)> OrNoneAsync<T>(
        string what, Func<Task<IList<T>>> list, CancellationToken cancellationToken)
    {
        try
        {
            return ([.. await list()], null);
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            return ([], $"Not allowed to list {what}.");
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            return ([], $"No answer to a list of {what}.");
        }
    }

    private async Task<PodState> DescribeAsync(
        V1Pod pod, IReadOnlyList<Corev1Event> events, IReadOnlyList<V1Node> nodes,
        IReadOnlyDictionary<string, (double Cpu, double Memory)> use, CancellationToken cancellationToken)
    {
        var statuses = (pod.Status?.ContainerStatuses ?? [])
            .Concat((pod.Status?.InitContainerStatuses ?? []).Where(status => PodContainers.IsSidecar(pod.Spec, status))).ToList();
        if (ImagePull.Find(pod, events, nodes) is { } found)
        {
            // Events expire, after an hour mostly.
            _pulls[pod.Metadata.Uid] = found;
        }

        var pull = _pulls.GetValueOrDefault(pod.Metadata.Uid);
        var image = PodContainers.Service(pod).Image;
        double? Sum(Func<V1ResourceRequirements, IDictionary<string, ResourceQuantity>?> part, string resource)
        {
            var amounts = PodContainers.Running(pod.Spec).Select(
                container => container.Resources is { } resources && part(resources)?.TryGetValue(resource, out var amount) == true
                    ? amount.ToDouble()
                    : (double?)null)
                .OfType<double>().ToList();
            return amounts.Count == 0 ? null : amounts.Sum();
        }

        return new PodState(
            pod.Metadata.Name,
            statuses.Count(status => status.Ready),
            PodContainers.Running(pod.Spec).Count(),
            Describe(pod),
            (int)Math.Min(int.MaxValue, statuses.Sum(status => (long)status.RestartCount)),
            pod.Metadata.CreationTimestamp is { } created ? Math.Max(0, Math.Round((time.GetUtcNow() - created).TotalSeconds)) : 0,
            pod.Spec.NodeName)
        {
            Uid = pod.Metadata.Uid,
            CpuRequest = Sum(resources => resources.Requests, "cpu"),
            CpuUse = use.TryGetValue(pod.Metadata.Name, out var used) ? used.Cpu : null,
            MemoryRequest = Sum(resources => resources.Requests, "memory"),
            MemoryLimit = Sum(resources => resources.Limits, "memory"),
            MemoryUse = use.ContainsKey(pod.Metadata.Name) ? used.Memory : null,
            Image = image,
            ImageBytes = pull?.Bytes ?? ImagePull.SizeOnNode(pod, image, nodes),
            ImagePresent = pull is null ? null : pull.Duration is null,
            ImagePullSeconds = pull?.Duration?.TotalSeconds,
            StartUpSeconds = await FindStartUpAsync(pod, cancellationToken),
        };
    }

    private async Task<double?> FindStartUpAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var service = PodContainers.Service(pod).Name;
        var status = pod.Status?.ContainerStatuses?.FirstOrDefault(one => one.Name == service);
        if (status?.State?.Running?.StartedAt is not { } started || !PodDiagnosis.IsReady(pod))
        {
            return null;
        }

        var key = (pod.Metadata.Uid, status.RestartCount);
        if (_startUps.TryGetValue(key, out var known))
        {
            return known;
        }

        var ready = pod.Status!.Conditions.First(condition => condition.Type == "Ready").LastTransitionTime;
        // To the second only; and the pod may have been unready since for reasons of its own.
        var observed = ready is { } since && since >= started && status.RestartCount == 0 ? (since - started).TotalSeconds : (double?)null;
        var startUp = await ReadStartUpAsync(pod, status.Name, cancellationToken) ?? observed;
        if (startUp is { } found)
        {
            _startUps[key] = found;
        }

        return startUp;
    }

    private async Task<double?> ReadStartUpAsync(V1Pod pod, string container, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await cluster.Api.CoreV1.ReadNamespacedPodLogAsync(
                pod.Metadata.Name, space, container: container, limitBytes: LogHead, cancellationToken: cancellationToken);
            using var reader = new StreamReader(stream);
            return StartUpLine.Find(await reader.ReadToEndAsync(cancellationToken))?.Seconds;
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            // Not allowed, or no log: there is another source.
            return null;
        }
    }
}
