using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Bookinfo.Verification;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>
/// The log of the service in a pod, followed into a file: through restarts of the container, and to its end when the pod is deleted. A
/// service logs that it has stopped; a log that ends without that may lack lines.
/// </summary>
internal sealed class ContainerLog : IDisposable
{
    private const string Follow = "&follow=true";
    private const string Previous = "&previous=true";

    private const string Stopped = "\"event\":\"ServiceStopped\"";
    private const string Unsaid =
        "has ended without logging that it stopped, as one that is killed: its last lines may never have been written.";

    private const string Started = "\"event\":\"ServiceStarted\"";

    /// <summary>After which pause a log is read on that has come to its end, or could not be read.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long it may take to read what is there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>For how long it is tried again to read what is there, when the cluster cannot do it at the moment.</summary>
    private static readonly TimeSpan PassingPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long before it ended a process may have made lines that it did not come to write.</summary>
    private static readonly TimeSpan Unwritten = TimeSpan.FromSeconds(1);

    private readonly ClusterConnection _cluster;
    private readonly V1Pod _pod;
    private readonly string _container;
    private readonly DateTimeOffset _since;
    private readonly TimeProvider _time;
    private readonly LineFile _lines;
    private readonly LineReplay _replay = new();
    private readonly LineClocks _clocks;
    private readonly ConcurrentQueue<LogGap> _gaps = [];

    private CancellationTokenSource? _interruptible;
    private TaskCompletionSource<Exception?>? _asked;
    private LogGap? _unread;
    private int _restarts;
    private bool _isOtherLog;
    private bool _hasRun;
    private bool _hasStopped;

    /// <summary>Makes the file.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="since">From when on its lines are of interest.</param>
    /// <param name="file">The file.</param>
    /// <param name="time">Tells the time and waits.</param>
    public ContainerLog(ClusterConnection cluster, V1Pod pod, DateTimeOffset since, string file, TimeProvider time)
    {
        (_cluster, _pod, _since, _time) = (cluster, pod, since, time);
        _container = PodContainers.Service(pod).Name;
        _restarts = StatusOf(pod)?.RestartCount ?? 0;
        _lines = new LineFile(file);
        _clocks = new LineClocks(time);
    }

    /// <summary>The name of the pod.</summary>
    public string Pod => _pod.Metadata.Name;

    /// <summary>Whether the pod has ended, and its log was read to the end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>How much there is in the file, in whole lines.</summary>
    public long Size => _lines.Size;

    /// <summary>What the node says instead of lines; empty when it says nothing.</summary>
    public string Said { get; private set; } = "";

    /// <summary>What it lacks.</summary>
    public IReadOnlyCollection<LogGap> Gaps => _unread is { } unread ? [.. _gaps, unread] : [.. _gaps];

    private string Path => string.Create(
        CultureInfo.InvariantCulture,
        $"api/v1/namespaces/{_pod.Metadata.NamespaceProperty}/pods/{Pod}/log?container={_container}&timestamps=true"
        + $"&sinceTime={(_replay.Since ?? _since).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");

    /// <summary>Follows the log until the pod has ended.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HttpOperationException">It is not allowed.</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (StatusOf(_pod)?.LastState?.Terminated?.FinishedAt >= _since.UtcDateTime)
            {
                await BeginAgainAsync(_restarts, cancellationToken);
            }

            do
            {
                await ReadOnAsync(cancellationToken);
            }
            while (!await IsOverAsync(cancellationToken));
        }
        finally
        {
            HasEnded = true;
            Answer(null);
        }
    }

    /// <summary>Has it read what is there now, whatever has become of the connection by which the log is followed.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        Exception? failure;
        var persistence = new Persistence(PassingPatience, _time);
        do
        {
            var asked = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _asked, asked);
            Interrupt();
            if (HasEnded)
            {
                Answer(null);
            }

            failure = await asked.Task.WaitAsync(cancellationToken);
        }
        while (failure is not null && !persistence.IsOver);
        _unread = failure is null ? null : Gap(
            $"The log of {Pod} cannot be read to its end: "
            + $"{(ClusterFailure.Explain(failure, _cluster.Config, cancellationToken) ?? failure).Message}");
    }

    /// <summary>The lines that were read.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public IAsyncEnumerable<string> ReadAsync(CancellationToken cancellationToken) => _lines.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private V1ContainerStatus? StatusOf(V1Pod pod) => pod.Status?.ContainerStatuses?.FirstOrDefault(one => one.Name == _container);

    /// <summary>Tells whoever wants to know what is there now that it was read, or why not.</summary>
    private void Answer(Exception? failure) => Interlocked.Exchange(ref _asked, null)?.TrySetResult(failure);

    private void Interrupt()
    {
        try
        {
            _interruptible?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Whether there is nothing to read: the pod does not run yet or is gone, or the cluster is in trouble.</summary>
    private static bool IsNoLog(Exception exception, CancellationToken cancellationToken) =>
        ClusterFailure.IsPassing(exception, cancellationToken) || exception is HttpOperationException
        {
            Response.StatusCode: System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.BadRequest
        };

    /// <summary>Waits, unless somebody wants to know what is there.</summary>
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var pausing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Interlocked.Exchange(ref _interruptible, pausing);
        if (_asked is null)
        {
            await Task.Delay(Pause, _time, pausing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _interruptible = null;
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Follows the log until it ends or somebody wants to know what is there; then reads what is there.</summary>
    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        var isAsked = _asked is not null;
        using var following = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Interlocked.Exchange(ref _interruptible, following);
        if (!isAsked && _asked is not null)
        {
            // Whoever asked that moment has found nothing to interrupt.
            await following.CancelAsync();
        }

        Exception? failure = null;
        try
        {
            await (isAsked ? TakeAsync("", cancellationToken) : TakeAsync(Follow, following.Token));
        }
        catch (Exception exception) when (IsNoLog(exception, cancellationToken))
        {
            // The pod tells what is to be done.
            failure = ClusterFailure.IsPassing(exception, cancellationToken) ? exception : null;
        }

        _interruptible = null;
        if (isAsked)
        {
            Answer(failure);
        }
    }

    /// <summary>Reads lines.</summary>
    /// <param name="how">Further parameters of the question.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    private async Task TakeAsync(string how, CancellationToken cancellationToken)
    {
        using var late = how == Follow ? new CancellationTokenSource() : new CancellationTokenSource(Patience, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var answer = await _cluster.StreamAsync(Path + how, limit.Token);
        _replay.Begin(isSameLog: !_isOtherLog);
        _isOtherLog = false;
        var before = _replay.Last;
        var reader = PipeReader.Create(await answer.Content.ReadAsStreamAsync(limit.Token));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(limit.Token);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    Take(Encoding.UTF8.GetString(buffer.Slice(0, end)), before);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                _lines.Flush();
                if (read.IsCompleted)
                {
                    // A text without a line end is not a whole line, or not one of the log. A whole one comes again.
                    Take(Encoding.UTF8.GetString(buffer), before, isWhole: false);
                    return;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private void Take(string line, DateTimeOffset? before, bool isWhole = true)
    {
        var begin = LineReplay.TextOf(line, out var time);
        if (begin == 0)
        {
            Said = line.Length > 0 ? line : Said;
            return;
        }

        var wasTorn = _replay.IsTorn;
        if (!isWhole || !_replay.Take(line, time))
        {
            return;
        }

        if (_replay.IsTorn && !wasTorn)
        {
            _gaps.Enqueue(Gap($"The log of {Pod} was rotated while the connection was lost: lines written meanwhile may be gone.") with
            {
                From = _clocks.Earliest(before ?? _since),
                To = _clocks.Latest(time),
            });
        }

        _hasRun = true;
        _clocks.Hear();
        _hasStopped = line.Contains(Stopped, StringComparison.Ordinal)
            || (_hasStopped && !line.Contains(Started, StringComparison.Ordinal));
        _lines.Add(line.AsSpan(begin));
    }

    /// <summary>Looks why the log has come to its end.</summary>
    /// <returns>Whether it was the last one, because the pod has ended.</returns>
    private async Task<bool> IsOverAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await LookAsync(cancellationToken);
            }
            catch (Exception exception) when (ClusterFailure.IsPassing(exception, cancellationToken))
            {
                Answer(exception);
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await PauseAsync(cancellationToken);
        var pod = await FindAsync(cancellationToken);
        if (pod is null)
        {
            End($"{Pod} {Unsaid}");
            return true;
        }

        var status = StatusOf(pod);
        _hasRun |= status?.State?.Running is not null || status?.State?.Terminated is not null;
        if (status is not null && status.RestartCount != _restarts)
        {
            await BeginAgainAsync(status.RestartCount, cancellationToken);
            return false;
        }

        if (status?.State?.Running is null)
        {
            await ReadRestAsync("", cancellationToken);
            if (pod.Status?.Phase is "Failed" or "Succeeded"
                || (status?.State?.Terminated is not null && pod.Metadata.DeletionTimestamp is not null))
            {
                // It may be some time until the pod is cleared away. One that was evicted stays, and no container of it runs again.
                End($"{Pod} {Unsaid}");
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads what the container has logged before it was started again, and goes on with what it logs since.</summary>
    private async Task BeginAgainAsync(int restarts, CancellationToken cancellationToken)
    {
        _isOtherLog = true;
        await ReadRestAsync(Previous, cancellationToken);
        End($"The container of {Pod} {Unsaid}");
        (_restarts, _hasStopped, _isOtherLog) = (restarts, false, true);
    }

    /// <summary>Reads what a container that has ended has logged last.</summary>
    private async Task ReadRestAsync(string how, CancellationToken cancellationToken)
    {
        try
        {
            await TakeAsync(how, cancellationToken);
        }
        catch (HttpOperationException exception) when (IsNoLog(exception, cancellationToken))
        {
            // It was cleared away already.
        }
    }

    private async Task<V1Pod?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var pod = await _cluster.Api.CoreV1.ReadNamespacedPodAsync(
                Pod, _pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            return pod.Metadata.Uid == _pod.Metadata.Uid ? pod : null;
        }
        catch (HttpOperationException exception) when (ClusterFailure.IsNotFound(exception))
        {
            return null;
        }
    }

    private void End(string why)
    {
        if (_hasRun && !_hasStopped)
        {
            _gaps.Enqueue(Gap(why));
        }
    }

    /// <summary>What may be missing from the last line on until now.</summary>
    private LogGap Gap(string why) => new(
        RunningPods.ServiceOf(_pod), _pod.Metadata.Labels.TryGetValue("version", out var version) ? version : null,
        _clocks.Earliest(_replay.Last ?? _since) - Unwritten, _clocks.Latest(_replay.Last ?? _since), why);
}
