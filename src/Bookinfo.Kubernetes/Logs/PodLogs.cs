using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Bookinfo.Foundation;
using Bookinfo.Verification;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The logs of the pods of a Bookinfo, as <c>kubectl logs</c> shows them. Those of a pod that is gone cannot be had any more, so all are
/// followed from the start of the run on, into files: those of pods that come later as well, and each to its end.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class PodLogs(ClusterConnection cluster, string space, TimeProvider time) : ILogStore
{
    /// <summary>How often it is looked which pods there are.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>After how long without a list a pod may have come and gone unseen.</summary>
    private static readonly TimeSpan LongestBlindness = TimeSpan.FromSeconds(10);

    /// <summary>How long before a run lines may seem to have been written: clocks of nodes may be behind the one here.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, ContainerLog> _logs = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-pod-logs-");
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _listing = new(1);
    private readonly ConcurrentBag<Task> _following = [];
    private readonly ConcurrentBag<LogGap> _gaps = [];
    private DateTimeOffset? _since;
    private DateTimeOffset? _listed;
    private Exception? _failure;
    private bool _isLate;

    /// <inheritdoc/>
    public string Name => $"pods in namespace {space} of {cluster.Config.Client.Host}";

    /// <summary>Services write lines at once, and a node may pass them on some seconds later.</summary>
    public TimeSpan Standstill => TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<string> Notes
    {
        get
        {
            var ended = _logs.Values.Where(log => log.HasEnded).Select(log => log.Pod).Order(StringComparer.Ordinal).ToList();
            var pods = _logs.Count == 1 ? "pod" : "pods";
            yield return string.Create(CultureInfo.InvariantCulture, $"The logs of {_logs.Count} {pods} were read.")
                + (ended.Count == 0 ? "" : $" Ended meanwhile: {string.Join(", ", ended)}.");
            foreach (var log in _logs.Values.Where(log => log is { HasEnded: false, Said.Length: > 0 }))
            {
                yield return $"Instead of lines of {log.Pod}, its node says: {log.Said}";
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<LogGap> Gaps =>
    [
        .. _gaps,
        .. _logs.Values.SelectMany(log => log.Gaps),
        .. _isLate
            ? [new LogGap(
                null, null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue,
                "A pod that was there during the run may be gone, and its log with it: only those of a run that is sent now can be "
                + "followed.")]
            : Array.Empty<LogGap>(),
    ];

    /// <summary>Begins to follow the logs.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">There are no pods, or to read their logs is not allowed.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken) => ClusterFailure.ExplainAsync(
        async () =>
        {
            await StartAsync(time.GetUtcNow(), cancellationToken);
            return true;
        },
        cluster.Config,
        cancellationToken);

    /// <inheritdoc/>
    public async Task<long?> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken)
    {
        await RequireAsync(run, cancellationToken);
        return _logs.Values.Sum(log => log.Size);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadAsync(RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RequireAsync(run, cancellationToken);
        await ClusterFailure.ExplainAsync(
            async () =>
            {
                await ListAsync(cancellationToken);
                await Task.WhenAll(_logs.Values.Select(log => log.RefreshAsync(cancellationToken)));
                return true;
            },
            cluster.Config,
            cancellationToken);
        await RequireAsync(run, cancellationToken);
        foreach (var log in _logs.Values)
        {
            await foreach (var line in log.ReadAsync(cancellationToken))
            {
                yield return line;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        Task.WhenAll(_following).GetAwaiter().GetResult();
        foreach (var log in _logs.Values)
        {
            log.Dispose();
        }

        _directory.Delete(recursive: true);
        _end.Dispose();
    }

    private async Task RequireAsync(RunExpectation run, CancellationToken cancellationToken)
    {
        if (_since is null)
        {
            _isLate = true;
            await ClusterFailure.ExplainAsync(
                async () =>
                {
                    await StartAsync(run.Start, cancellationToken);
                    return true;
                },
                cluster.Config,
                cancellationToken);
        }

        if (_failure is { } failure)
        {
            throw ClusterFailure.Explain(failure, cluster.Config, cancellationToken) ?? failure;
        }
    }

    private async Task StartAsync(DateTimeOffset begin, CancellationToken cancellationToken)
    {
        _since = begin - Before;
        var pods = await RunningPods.ListAsync(cluster, space, cancellationToken);
        if (pods.Count == 0)
        {
            throw await DeployedApplication.NotDeployedAsync(cluster, space, cancellationToken);
        }

        // Whoever may not read logs learns it before the run and not after it.
        var right = new Right("get", "pods/log", Namespace: space);
        if ((await Right.MissingAsync(cluster.Api, [right], cancellationToken)).Count > 0)
        {
            throw ClusterFailure.NotAllowed([right]);
        }

        await ListAsync(cancellationToken);
        _following.Add(GuardAsync(WatchAsync));
    }

    /// <summary>Looks for pods that have come, until it is told to end.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            try
            {
                await ListAsync(cancellationToken);
            }
            catch (Exception exception) when (ClusterFailure.IsPassing(exception, cancellationToken))
            {
                // The next time it may answer again.
            }
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        await _listing.WaitAsync(cancellationToken);
        try
        {
            var pods = await RunningPods.ListAllAsync(cluster, space, cancellationToken);
            var now = time.GetUtcNow();
            if (_listed is { } listed && now - listed > LongestBlindness)
            {
                _gaps.Add(new LogGap(
                    null, null, listed, now, string.Create(
                        CultureInfo.InvariantCulture,
                        $"For {(now - listed).TotalSeconds:0} s the cluster did not list its pods: one may have come and gone.")));
            }

            _listed = now;
            foreach (var pod in pods)
            {
                if (pod.Status?.Phase is not (null or "Pending") && !_logs.ContainsKey(pod.Metadata.Uid))
                {
                    Follow(pod);
                }
            }
        }
        finally
        {
            _listing.Release();
        }
    }

    private void Follow(V1Pod pod)
    {
        var log = new ContainerLog(
            cluster, pod, _since!.Value, Path.Combine(_directory.FullName, $"{pod.Metadata.Name}-{pod.Metadata.Uid}.log"), time);
        _logs[pod.Metadata.Uid] = log;
        _following.Add(GuardAsync(log.FollowAsync));
    }

    /// <summary>Does something until the end; why it cannot go on is told to whoever asks next.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_end.Token);
        }
        catch (Exception exception) when (!_end.IsCancellationRequested)
        {
            _failure = exception;
        }
        catch (Exception) when (_end.IsCancellationRequested)
        {
            // It is over.
        }
    }
}
