using System.Globalization;
using System.Text;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using k8s;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Follows Deployments until all are ready, or until it is certain that one will not be. It asks rather than watches: at three questions a
/// second for a minute or two that is simpler, and nothing is missed when a connection breaks.
/// </summary>
/// <param name="api">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="deployments">The names of the Deployments.</param>
/// <param name="view">Shows how it goes on.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class Rollout(IKubernetes api, string space, IReadOnlyList<string> deployments, IDeployView view, TimeProvider time)
{
    private const string Revision = "deployment.kubernetes.io/revision";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>How long an API server that could not answer is left alone.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>How long others may take to show the same cause, once one is certain to fail.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    /// <summary>How long a Deployment may be missing: what replaces it may make it again.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, RolloutStatus> _statuses = deployments.ToDictionary(
        name => name, name => new RolloutStatus(name, 0));
    private readonly PodProblems _problems = new(time);
    private readonly Dictionary<string, IReadOnlyList<PodProblem>> _awaited = [];
    private IReadOnlyList<V1Node> _nodes = [];

    /// <summary>What to do when one does not become ready.</summary>
    public string Advice { get; init; } =
        "What was applied stays: correct the cause and deploy again, or remove it with 'bookinfo delete'.";

    /// <summary>Waits until all Deployments are ready.</summary>
    /// <param name="began">When <c>deploy</c> began to apply, as a timestamp of the clock.</param>
    /// <param name="timeout">How long it may take from then on.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">One cannot become ready, or is not in time.</exception>
    public async Task WaitAsync(long began, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _nodes = await ListNodesAsync(cancellationToken);
        long? failed = null;
        for (var first = true; ; first = false)
        {
            List<PodProblem> problems;
            try
            {
                problems = await UpdateAsync(time.GetElapsedTime(began), first, cancellationToken);
            }
            catch (Exception exception) when (
                ClusterFailure.IsPassing(exception, cancellationToken) && time.GetElapsedTime(began) <= timeout)
            {
                await Task.Delay(AfterFailure, time, cancellationToken);
                continue;
            }

            if (_statuses.Values.All(status => status.IsReady))
            {
                return;
            }

            var certain = problems.Any(_problems.IsCertain);
            failed = certain ? failed ?? time.GetTimestamp() : null;
            var late = time.GetElapsedTime(began) > timeout;
            if (late || (failed is { } since && time.GetElapsedTime(since) >= Gather))
            {
                throw new OperationFailedException(
                    FailureKind.ServiceFailed, await DescribeAsync(problems, late && !certain ? timeout : null, cancellationToken));
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<V1Node>> ListNodesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await api.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).All()];
        }
        catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
        {
            // They only say how large images are.
            return [];
        }
    }

    private async Task<List<PodProblem>> UpdateAsync(TimeSpan elapsed, bool first, CancellationToken cancellationToken)
    {
        var deploymentList = api.AppsV1.ListNamespacedDeploymentAsync(space, cancellationToken: cancellationToken);
        var replicaSetList = api.AppsV1.ListNamespacedReplicaSetAsync(space, cancellationToken: cancellationToken);
        var podList = api.CoreV1.ListNamespacedPodAsync(space, cancellationToken: cancellationToken);
        var eventList = api.CoreV1.ListNamespacedEventAsync(space, cancellationToken: cancellationToken);
        await Task.WhenAll(deploymentList, replicaSetList, podList, eventList);

        var events = (await eventList).All().OrderBy(one => one.LastTimestamp ?? one.EventTime ?? one.Metadata.CreationTimestamp).ToList();
        var problems = new List<PodProblem>();
        var changed = new List<RolloutStatus>();
        var found = (await deploymentList).All().Where(one => _statuses.ContainsKey(one.Metadata.Name)).ToList();
        foreach (var deployment in found)
        {
            var pods = FindPods(deployment, (await replicaSetList).All(), (await podList).All());
            var before = _statuses[deployment.Metadata.Name];
            var now = before.IsReady ? before : Next(before, deployment, pods, events, elapsed, first);
            _awaited[deployment.Metadata.Name] = [.. pods.Select(PodDiagnosis.Await).OfType<PodProblem>()];
            if (now.Problem is { } problem)
            {
                _problems.Note(problem);
                problems.AddRange(pods.Select(pod => PodDiagnosis.Diagnose(pod, events)).OfType<PodProblem>().DefaultIfEmpty(problem));
            }

            if (now != before)
            {
                _statuses[deployment.Metadata.Name] = now;
                changed.Add(now);
            }
        }

        foreach (var missing in deployments.Except(found.Select(one => one.Metadata.Name)))
        {
            // Only what is there can be done.
            var problem = new PodProblem($"Deployment {missing}", "Missing", "is not there any more: somebody has deleted it", Brief);
            _problems.Note(problem);
            problems.Add(problem);
            if (_statuses[missing] is var before && before.Problem != problem)
            {
                _statuses[missing] = before with { Ready = 0, ReadyAfter = null, IsUnchanged = false, Problem = problem };
                changed.Add(_statuses[missing]);
            }
        }

        if (changed.Count > 0)
        {
            view.Changed([.. deployments.Select(name => _statuses[name])], changed);
        }

        return problems;
    }

    private RolloutStatus Next(
        RolloutStatus before, V1Deployment deployment, List<V1Pod> pods, List<Corev1Event> events, TimeSpan elapsed, bool first)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var complete = IsComplete(deployment, wanted);
        if (complete && first)
        {
            return before with { Wanted = wanted, Ready = wanted, IsUnchanged = true, Nodes = Nodes(pods) };
        }

        var all = pods.Count >= wanted;
        var pulls = pods.Select(pod => ImagePull.Find(pod, events, _nodes)).ToList();
        return before with
        {
            Wanted = wanted,
            Ready = pods.Count(PodDiagnosis.IsReady),
            Nodes = Nodes(pods),
            Scheduled = before.Scheduled ?? (all && pods.All(pod => pod.Spec.NodeName is { Length: > 0 }) ? elapsed : null),
            Image = all && pulls.All(pull => pull is not null) ? pulls.MaxBy(pull => pull!.Duration) : null,
            Started = before.Started ?? (all && pods.All(IsStarted) ? elapsed : null),
            ReadyAfter = complete ? elapsed : null,
            Problem = complete
                ? null
                : pods.Select(pod => PodDiagnosis.Diagnose(pod, events))
                    .OfType<PodProblem>()
                    .MinBy(problem => problem.Grace ?? TimeSpan.MaxValue) ?? PodDiagnosis.Diagnose(deployment),
        };
    }

    /// <summary>As <c>kubectl rollout status</c> decides it.</summary>
    private static bool IsComplete(V1Deployment deployment, int wanted) =>
        deployment.Status is { } status
        && status.ObservedGeneration >= deployment.Metadata.Generation
        && (status.UpdatedReplicas ?? 0) >= wanted
        && (status.Replicas ?? 0) <= (status.UpdatedReplicas ?? 0)
        && (status.AvailableReplicas ?? 0) >= (status.UpdatedReplicas ?? 0);

    /// <summary>The pods of the latest revision: the older ones are on their way out.</summary>
    private static List<V1Pod> FindPods(V1Deployment deployment, IEnumerable<V1ReplicaSet> replicaSets, IEnumerable<V1Pod> pods)
    {
        var latest = replicaSets.FirstOrDefault(
            set => IsOwner(set, deployment.Metadata.Uid) && set.GetAnnotation(Revision) == deployment.GetAnnotation(Revision));
        return latest is null ? [] : [.. pods.Where(pod => IsOwner(pod, latest.Metadata.Uid) && pod.Metadata.DeletionTimestamp is null)];
    }

    private static bool IsOwner(IMetadata<V1ObjectMeta> owned, string uid) =>
        owned.Metadata.OwnerReferences?.Any(owner => owner.Uid == uid) == true;

    private static bool IsStarted(V1Pod pod) =>
        pod.Status?.ContainerStatuses is { Count: > 0 } statuses && statuses.All(status => status.State?.Running is not null);

    private static string Nodes(List<V1Pod> pods) =>
        string.Join(
            ", ", pods.Select(pod => pod.Spec.NodeName).Where(node => node is { Length: > 0 }).Distinct().Order(StringComparer.Ordinal));

    private async Task<string> DescribeAsync(List<PodProblem> problems, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var late = _statuses.Values.Where(status => !status.IsReady).ToList();
        var healthy = late.Where(status => status.Problem is null).ToList();
        // One that is still on its way when another is certain to fail has not failed.
        var text = new StringBuilder()
            .Append(timeout is { } span
                ? $"{Names(late)} not ready in {Duration.Format(span)} (--timeout)."
                : $"{Names(late.Where(status => status.Problem is { } problem && _problems.IsCertain(problem)))} cannot become ready.");
        await PodProblems.AppendAsync(text, problems, api, space, cancellationToken);
        if (timeout is null && healthy.Count > 0)
        {
            text.Append($"\n  Still on the way, with nothing wrong so far: {Names(healthy)}");
        }
        else
        {
            foreach (var status in healthy)
            {
                var awaited = _awaited.GetValueOrDefault(status.Deployment) ?? [];
                text.Append($"\n  Deployment {status.Deployment}: {status.Ready} of {status.Wanted} pods are ready"
                    + (awaited.Count > 0 ? "." : "; nothing is reported that would keep the others from it."));
                await PodProblems.AppendAsync(text, awaited, api, space, cancellationToken);
            }
        }

        foreach (var hint in problems.Select(problem => problem.Hint).OfType<string>().Distinct())
        {
            text.Append($"\n{hint}");
        }

        return text.Append(CultureInfo.InvariantCulture, $"\n{Advice}").ToString();
    }

    private static string Names(IEnumerable<RolloutStatus> statuses) => string.Join(", ", statuses.Select(status => status.Deployment));
}

/// <summary>Shows on stdout how a deployment goes on. Its disposal gives the terminal back.</summary>
public interface IDeployView : IAsyncDisposable
{
    /// <summary>The objects are applied.</summary>
    /// <param name="applied">What was done.</param>
    void Applied(ApplySummary applied);

    /// <summary>Something has changed about a Deployment.</summary>
    /// <param name="rollouts">All of them.</param>
    /// <param name="changed">Those that have changed.</param>
    void Changed(IReadOnlyList<RolloutStatus> rollouts, IReadOnlyList<RolloutStatus> changed);
}

/// <summary>How far a Deployment is. All times are since <c>deploy</c> began to apply, as seen from here.</summary>
/// <param name="Deployment">Its name.</param>
/// <param name="Wanted">How many pods it shall have.</param>
public sealed record RolloutStatus(string Deployment, int Wanted)
{
    /// <summary>How many pods are up to date and ready.</summary>
    public int Ready { get; init; }

    /// <summary>The nodes of its pods.</summary>
    public string Nodes { get; init; } = "";

    /// <summary>When all pods had a node.</summary>
    public TimeSpan? Scheduled { get; init; }

    /// <summary>How the slowest node came by the image.</summary>
    public ImagePull? Image { get; init; }

    /// <summary>When the containers of all pods ran.</summary>
    public TimeSpan? Started { get; init; }

    /// <summary>When all was up to date and ready.</summary>
    public TimeSpan? ReadyAfter { get; init; }

    /// <summary>Whether it was so before and nothing had to be done.</summary>
    public bool IsUnchanged { get; init; }

    /// <summary>What is wrong at the moment; <see langword="null"/> when nothing is.</summary>
    public PodProblem? Problem { get; init; }

    /// <summary>Whether it is done.</summary>
    public bool IsReady => ReadyAfter is not null || IsUnchanged;
}
