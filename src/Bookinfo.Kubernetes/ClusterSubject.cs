using System.Collections.Concurrent;
using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Measurement;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// What <c>deploy</c> has put into a cluster, or any Bookinfo in a namespace. What a service uses, its own <c>/metrics</c> tells as of the
/// moment that it is asked, through the API server. Of the containers beside it, and of services that have no such page, only the kubelets
/// know; these have samples of about every ten seconds and hand out the last one, so it is waited for the next before and after a step,
/// while nothing is sent: a step has all that was used for it, and besides that what is used when idle.
/// </summary>
public sealed class ClusterSubject : ISubject
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For how long a service is asked again when its answer may have failed by chance. A request that hung has taken longer than that.
    /// </summary>
    private static readonly TimeSpan TellPatience = TimeSpan.FromSeconds(3);

    /// <summary>Kubelets sample every 10 to 15 seconds, unless they have more to do than they can.</summary>
    private static readonly TimeSpan SamplePatience = TimeSpan.FromSeconds(30);

    private readonly ClusterConnection _cluster;
    private readonly string _space;
    private readonly TimeProvider _time;
    private readonly SteadyClock _clock;
    private readonly ServiceForward? _forward;

    /// <summary>
    /// Whether a pod tells what it uses by itself. Never changes once it is known: the two sources begin to count at different times.
    /// </summary>
    private readonly ConcurrentDictionary<string, bool> _tells = [];

    private ClusterSubject(ClusterConnection cluster, string space, Uri target, ServiceForward? forward, TimeProvider time)
    {
        _cluster = cluster;
        _space = space;
        Target = target;
        _forward = forward;
        _time = time;
        _clock = new SteadyClock(time);
    }

    /// <inheritdoc/>
    public string Kind => "cluster";

    /// <inheritdoc/>
    public Uri Target { get; }

    /// <inheritdoc/>
    public string Description => $"{Target} and the pods in namespace {_space} of {_cluster.Config.Client.Host}";

    /// <summary>The cluster.</summary>
    public ClusterConnection Cluster => _cluster;

    /// <summary>The namespace.</summary>
    public string Namespace => _space;

    /// <summary>Looks for it.</summary>
    /// <param name="cluster">The cluster; belongs to this from now on.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="target">Where requests are to go; <see langword="null"/> for where the page is.</param>
    /// <param name="say">Is told that it has to wait.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There is none, or its page is not as it should be.</exception>
    public static async Task<ClusterSubject> OpenAsync(
        ClusterConnection cluster, string space, Uri? target, Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        if ((await RunningPods.ListAsync(cluster, space, cancellationToken)).Count == 0)
        {
            throw await DeployedApplication.NotDeployedAsync(cluster, space, cancellationToken);
        }

        if (target is not null)
        {
            return new ClusterSubject(cluster, space, target, null, time);
        }

        var (page, forward) = await ClusterPage.FindAsync(cluster, space, say, time, cancellationToken);
        return new ClusterSubject(cluster, space, page, forward, time);
    }

    /// <inheritdoc/>
    /// <exception cref="OperationFailedException">The pods cannot be listed.</exception>
    public Task<SubjectFacts> DescribeAsync(CancellationToken cancellationToken) =>
        ClusterFailure.ExplainAsync(() => ReadFactsAsync(cancellationToken), _cluster.Config, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<InstanceUse>> ReadUseAsync(bool settled, ICollection<string> notes, CancellationToken cancellationToken)
    {
        try
        {
            var pods = await RunningPods.ListAsync(_cluster, _space, cancellationToken);
            var told = await Task.WhenAll(pods.Select(pod => TellAsync(pod, cancellationToken)));
            if (pods.Where(pod => !_tells[pod.Metadata.Uid]).Select(RunningPods.VersionOf).Distinct().ToList() is { Count: > 0 } silent)
            {
                notes.Add($"Of {string.Join(", ", silent)}, CPU is what the kubelets say: no /metrics with it was to be had through the "
                    + "API server.");
            }

            var at = _clock.Seconds;
            var samples = await SampleAsync(pods, settled, notes, cancellationToken);
            return [.. pods.Zip(told).Select(pair => Put(pair.First, pair.Second, at, samples, notes)).OfType<InstanceUse>()];
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            // A round that lacks figures of use is worth more than none.
            notes.Add($"What the pods use could not always be read: "
                + $"{(ClusterFailure.Explain(exception, _cluster.Config, cancellationToken) ?? exception).Message}");
            return [];
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _forward?.Dispose();
        _cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SubjectFacts> ReadFactsAsync(CancellationToken cancellationToken)
    {
        var pods = await RunningPods.ListAsync(_cluster, _space, cancellationToken);
        var status = await new StatusReader(_cluster, _space, _time).ReadAsync(cancellationToken, podsOnly: true);
        var notes = status.Notes.ToList();
        var services =
            from pod in pods
            group pod by RunningPods.VersionOf(pod) into service
            let states = status.Pods.Where(state => service.Any(pod => pod.Metadata.Name == state.Name)).ToList()
            orderby service.Key
            select new ServiceFacts(
                service.Key,
                service.Count(),
                [.. states.Select(state => state.StartUpSeconds).OfType<double>()],
                PodContainers.Service(service.First()).Image,
                states.Max(state => state.ImageBytes),
                [.. states.Select(state => state.ImagePullSeconds).OfType<double>()],
                [.. service.SelectMany(PodContainers.Sidecars).Distinct().Order(StringComparer.Ordinal)]);
        IReadOnlyList<NodeFacts> nodes = [];
        try
        {
            var used = pods.Select(pod => pod.Spec.NodeName).ToHashSet();
            nodes = [.. (await _cluster.Api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken))
                .All().Where(node => used.Contains(node.Metadata.Name)).Select(Describe)];
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsForbidden(exception))
        {
            // The reader of the status has said so already.
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            notes.Add("No answer to a list of nodes: what they are is not known.");
        }

        if (_forward is not null)
        {
            notes.Add("No node answers at the node port, so requests went through kubectl port-forward and the API server, "
                + "which are measured as well.");
        }

        return new SubjectFacts(
            [.. services], _cluster.Version?.GitVersion, nodes, PodContainers.Mesh(pods), notes,
            await ReadSetupAsync(pods, cancellationToken));
    }

    private async Task<IReadOnlyList<ServiceSetup>> ReadSetupAsync(IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var reader = new SetupReader(_cluster, _space);
        var setup = new List<ServiceSetup>();
        var told = await Task.WhenAll(pods.Select(pod => TellAsync(pod, cancellationToken)));
        foreach (var service in pods.Zip(told).GroupBy(pair => RunningPods.VersionOf(pair.First))
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var builds = service.Select(pair => pair.Second?.Build).Distinct().ToList();
            setup.Add(await reader.ReadAsync(
                service.Key, [.. service.Select(pair => pair.First)], builds.Count == 1 ? builds[0] : null, cancellationToken));
        }

        return setup;
    }

    private static NodeFacts Describe(V1Node node)
    {
        double Capacity(string resource) => node.Status?.Capacity?.TryGetValue(resource, out var amount) == true ? amount.ToDouble() : 0;
        var info = node.Status?.NodeInfo ?? new V1NodeSystemInfo();
        return new NodeFacts(
            node.Metadata.Name, info.OsImage ?? "", info.KernelVersion ?? "", info.ContainerRuntimeVersion ?? "", info.KubeletVersion ?? "",
            info.Architecture ?? "", Capacity("cpu"), Capacity("memory"));
    }

    /// <summary>Asks a service itself.</summary>
    private async Task<MetricsText?> TellAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        if (_tells.TryGetValue(pod.Metadata.Uid, out var tells) && !tells)
        {
            return null;
        }

        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"api/v1/namespaces/{_space}/pods/{pod.Metadata.Name}:{ServiceCatalog.ServicePort}/proxy/metrics");
        MetricsText? metrics = null;
        try
        {
            // What is decided now counts until the end, so it must not depend on one failure.
            metrics = MetricsText.Parse(await new Persistence(TellPatience, _time).RunAsync(
                () => _cluster.GetTextAsync(path, cancellationToken), cancellationToken));
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            // Another program's, behind a mesh that lets nobody else in, or not for us to ask.
        }

        metrics = metrics is { CpuSeconds: not null, MemoryBytes: not null } ? metrics : null;
        _tells.TryAdd(pod.Metadata.Uid, metrics is not null);
        return metrics;
    }

    /// <summary>Asks the kubelets, and waits for the next sample of every container that nobody else tells of.</summary>
    private async Task<ILookup<string, ContainerUse>> SampleAsync(
        IReadOnlyList<V1Pod> pods, bool settled, ICollection<string> notes, CancellationToken cancellationToken)
    {
        var needed = pods.SelectMany(pod => PodContainers.Sidecars(pod).Concat(
            _tells[pod.Metadata.Uid] ? [] : [PodContainers.Service(pod).Name]).Select(name => (pod.Metadata.Uid, name))).ToHashSet();
        IReadOnlyList<ContainerUse> first;
        try
        {
            first = await AskAsync(pods, cancellationToken);
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            var why = ClusterFailure.IsForbidden(exception)
                ? $"to ask the kubelets is not allowed ({new Right("get", "nodes/proxy").CanI})"
                : "the kubelets do not answer";
            notes.Add($"Memory is what the processes say themselves, and of containers beside them nothing is known: {why}.");
            return Array.Empty<ContainerUse>().ToLookup(use => use.Pod);
        }

        var latest = first;
        var began = _time.GetTimestamp();
        bool IsOld(ContainerUse use) => needed.Contains((use.Pod, use.Name))
            && first.Any(one => one.Pod == use.Pod && one.Name == use.Name && one.Sampled == use.Sampled);
        while (settled && latest.Any(IsOld))
        {
            if (_time.GetElapsedTime(began) > SamplePatience)
            {
                notes.Add("A kubelet made no new sample for half a minute; what it does not tell of is left out.");
                return latest.Where(use => !IsOld(use)).ToLookup(use => use.Pod);
            }

            await Task.Delay(SampleInterval, _time, cancellationToken);
            try
            {
                latest = await AskAsync(pods, cancellationToken);
            }
            catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
            {
                // The next sample is asked for again.
            }
        }

        return latest.ToLookup(use => use.Pod);
    }

    private async Task<IReadOnlyList<ContainerUse>> AskAsync(IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var uids = pods.Select(pod => pod.Metadata.Uid).ToHashSet();
        var summaries = await Task.WhenAll(pods.Select(pod => pod.Spec.NodeName).Distinct().Select(async node =>
        {
            using var summary = await _cluster.GetAsync($"api/v1/nodes/{node}/proxy/stats/summary", cancellationToken);
            return ContainerUse.Parse(summary.RootElement).Where(use => uids.Contains(use.Pod)).ToList();
        }));
        return [.. summaries.SelectMany(summary => summary)];
    }

    /// <summary>Puts together what is known of a pod; <see langword="null"/> when its processor time is not.</summary>
    private InstanceUse? Put(V1Pod pod, MetricsText? told, double at, ILookup<string, ContainerUse> samples, ICollection<string> notes)
    {
        var service = PodContainers.Service(pod).Name;
        var own = samples[pod.Metadata.Uid].FirstOrDefault(use => use.Name == service);
        var beside = PodContainers.Sidecars(pod).Select(name => samples[pod.Metadata.Uid].FirstOrDefault(use => use.Name == name)).ToList();
        var cpu = _tells[pod.Metadata.Uid] ? told?.CpuSeconds : own?.CpuSeconds;
        if (cpu is not { } known || beside.Any(use => use?.CpuSeconds is null))
        {
            notes.Add($"What {RunningPods.VersionOf(pod)} uses was not always known.");
            return null;
        }

        var restarts = (pod.Status.ContainerStatuses ?? []).Concat(pod.Status.InitContainerStatuses ?? []).Sum(
            status => status.RestartCount);
        return new InstanceUse(
            RunningPods.VersionOf(pod),
            string.Create(CultureInfo.InvariantCulture, $"{pod.Metadata.Uid} {restarts}"),
            told is null && own?.Sampled is { } sampled ? sampled.ToUnixTimeSeconds() : at,
            known,
            beside.Sum(use => use!.CpuSeconds!.Value),
            own?.MemoryBytes ?? told?.MemoryBytes ?? 0,
            beside.Sum(use => use!.MemoryBytes ?? 0),
            told?.Requests,
            beside.Average(use => use!.Sampled?.ToUnixTimeSeconds()),
            IsSampled: told is null,
            CompileSeconds: told?.CompileSeconds);
    }
}
