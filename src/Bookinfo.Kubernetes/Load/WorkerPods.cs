using System.Text;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using k8s;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>The pods of a Job of load workers.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="job">The Job, as the cluster has it.</param>
internal sealed class WorkerPods(ClusterConnection cluster, V1Job job, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private readonly PodProblems _problems = new(time);

    private string Space => job.Metadata.NamespaceProperty;

    private int Wanted => job.Spec.Completions ?? 1;

    /// <summary>Waits until all are ready.</summary>
    /// <param name="timeout">How long that may take.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <returns>Their names.</returns>
    /// <exception cref="OperationFailedException">One cannot become ready, or is not in time.</exception>
    public async Task<IReadOnlyList<string>> WaitAsync(TimeSpan timeout, Action<string> report, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); ;)
        {
            var pods = await ListAsync(cancellationToken);
            var ready = pods.Where(pod => pod.Metadata.DeletionTimestamp is null && PodDiagnosis.IsReady(pod))
                .Select(pod => pod.Metadata.Name)
                .Order(StringComparer.Ordinal)
                .ToList();
            report($"{ready.Count} of {Wanted} workers are ready");
            if (ready.Count >= Wanted)
            {
                return ready;
            }

            var problems = await DiagnoseAsync(pods, cancellationToken);
            var late = time.GetElapsedTime(began) > timeout;
            if (late || problems.Any(_problems.IsCertain))
            {
                throw new OperationFailedException(
                    FailureKind.ServiceFailed, await DescribeAsync(ready.Count, problems, late ? timeout : null, cancellationToken));
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Waits until none is left.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>Whether none is.</returns>
    public async Task<bool> WaitForEndAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < timeout;)
        {
            if ((await ListAsync(cancellationToken)).Count == 0)
            {
                return true;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }

        return false;
    }

    /// <summary>Says what has become of a worker that does not answer any more.</summary>
    /// <param name="pod">The name of the pod.</param>
    /// <returns>A sentence without its end; <see langword="null"/> when nothing is wrong with the pod.</returns>
    public async Task<string?> FindLossAsync(string pod, CancellationToken cancellationToken)
    {
        var found = (await ListAsync(cancellationToken)).FirstOrDefault(one => one.Metadata.Name == pod);
        return found is null ? "the pod is gone"
            : found.Metadata.DeletionTimestamp is not null ? "the pod is being deleted"
            : PodDiagnosis.Diagnose(found, [])?.Message ?? (found.Status?.Phase == "Succeeded" ? "the pod has ended" : null);
    }

    private async Task<IList<V1Pod>> ListAsync(CancellationToken cancellationToken) =>
        (await cluster.Api.CoreV1.ListNamespacedPodAsync(
            Space, labelSelector: WorkerJob.PodsOf(job.Metadata.Name), cancellationToken: cancellationToken)).All();

    private async Task<List<PodProblem>> DiagnoseAsync(IList<V1Pod> pods, CancellationToken cancellationToken)
    {
        var events = (await cluster.Api.CoreV1.ListNamespacedEventAsync(Space, cancellationToken: cancellationToken)).All()
            .OrderBy(one => one.LastTimestamp ?? one.EventTime ?? one.Metadata.CreationTimestamp).ToList();
        var problems = pods.Select(pod => PodDiagnosis.Diagnose(pod, events)).OfType<PodProblem>().ToList();
        if (pods.Count < Wanted
            && events.LastOrDefault(one => one.InvolvedObject.Uid == job.Metadata.Uid && one.Reason == "FailedCreate") is { } refused)
        {
            // A quota, or an admission controller.
            problems.Add(new PodProblem(
                $"Job {job.Metadata.Name}", refused.Reason, $"its pods are refused: {refused.Message}", TimeSpan.FromSeconds(5)));
        }

        problems.ForEach(_problems.Note);

        return problems;
    }

    private async Task<string> DescribeAsync(int ready, List<PodProblem> problems, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var text = new StringBuilder(timeout is { } span
            ? $"{ready} of {Wanted} load workers are ready after {Duration.Format(span)}."
            : "the load workers cannot become ready.");
        await PodProblems.AppendAsync(text, problems, cluster.Api, Space, cancellationToken);
        if (problems.Exists(problem => problem.Hint is not null))
        {
            text.Append("\n'bookinfo images build' makes the workers' image with those of the services: bring it to the nodes as you do "
                + "with those, or name another with --worker-image.");
        }

        return text.ToString();
    }
}
