using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Bookinfo.Kubernetes;
using Bookinfo.ToolTesting;
using k8s;
using k8s.Models;

namespace Bookinfo.Verification.Tests;

/// <summary>An API server with pods that write logs, end, and are started again; logs are rotated, and connections lost.</summary>
internal sealed class LoggedPods : IDisposable
{
    private const string Pods = "/api/v1/namespaces/bookinfo/pods";

    private readonly FakeTools _tools = new();
    private readonly ConcurrentDictionary<string, LoggedPod> _pods = [];

    public LoggedPods() => Cluster.Answers = AnswerAsync;

    public FakeCluster Cluster { get; } = new();

    /// <summary>What goes wrong with a question for a log; <see langword="null"/> for nothing.</summary>
    public Func<LogQuestion, LogTrouble?> Trouble { get; set; } = _ => null;

    /// <summary>Whether the pods that are there can be asked for.</summary>
    public bool HasLists { get; set; } = true;

    public LoggedPod this[string name] => _pods[name];

    /// <summary>Adds a pod that runs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The service with its version, such as <c>reviews-v2</c>.</param>
    public LoggedPod Start(string name, string version) => _pods[name] = new LoggedPod(name, version);

    /// <summary>Connects as the tool does.</summary>
    /// <param name="time">The time; <see langword="null"/> for the real one.</param>
    public async Task<PodLogs> OpenAsync(TimeProvider? time = null)
    {
        _tools.AddKubectl(Cluster.Url);
        return new PodLogs(
            await ClusterConnection.OpenAsync(
                new Kubectl(Path.Combine(_tools.Path, "kubectl"), null), TestContext.Current.CancellationToken),
            "bookinfo",
            time ?? TimeProvider.System);
    }

    /// <summary>Has a pod end: its log cannot be asked for any more, but is still sent to whoever follows it.</summary>
    /// <param name="name">Its name.</param>
    public void Delete(string name)
    {
        _pods[name].Stop();
        _pods.TryRemove(name, out _);
    }

    public void Dispose()
    {
        foreach (var pod in _pods.Values)
        {
            pod.Stop();
        }

        Cluster.Dispose();
        _tools.Dispose();
    }

    private async Task<bool> AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        if (!path.StartsWith(Pods, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = path[Pods.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is [])
        {
            await (HasLists
                ? WriteAsync(context, 200, KubernetesJson.Serialize(new V1PodList { Items = [.. _pods.Values.Select(pod => pod.Object)] }))
                : WriteAsync(context, 503, """{"kind":"Status","message":"etcdserver: leader changed"}"""));
        }
        else if (!_pods.TryGetValue(parts[0], out var pod))
        {
            await WriteAsync(context, 404, """{"kind":"Status","message":"not found"}""");
        }
        else if (parts is [_])
        {
            await WriteAsync(context, 200, KubernetesJson.Serialize(pod.Object));
        }
        else
        {
            await AnswerLogAsync(context, pod);
        }

        return true;
    }

    private async Task AnswerLogAsync(HttpListenerContext context, LoggedPod pod)
    {
        var query = context.Request.QueryString;
        var question = new LogQuestion(pod.Name, query["follow"] == "true", query["previous"] == "true");
        var trouble = Trouble(question);
        if (query["container"] != pod.Service || query["timestamps"] != "true" || trouble?.Status is not null)
        {
            await WriteAsync(context, trouble?.Status ?? 400, """{"kind":"Status","message":"no log"}""");
            return;
        }

        var since = DateTimeOffset.Parse(query["sinceTime"]!, CultureInfo.InvariantCulture);
        context.Response.SendChunked = true;
        try
        {
            var (number, sent) = (pod.LogNumber, 0);
            while (true)
            {
                var isOver = !question.Follow || pod.HasStopped || number != pod.LogNumber;
                var changed = pod.Changed;
                var log = question.Previous ? pod.Previous : number == pod.LogNumber ? pod.Log : [];
                var lines = log.Skip(sent).Take(trouble?.Lines - sent ?? int.MaxValue).ToList();
                sent += lines.Count;
                foreach (var line in lines.Where(line => line.Time >= since))
                {
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"{line}\n"));
                    await context.Response.OutputStream.FlushAsync();
                }

                if (sent >= trouble?.Lines && !trouble.Hangs)
                {
                    // As when the connection is lost in the middle of a line.
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"{log[sent - 1]}"[..40]));
                    context.Response.Abort();
                    return;
                }

                if (isOver)
                {
                    break;
                }

                await changed;
            }

            // What nodes say at the end of a log that they have cleared away.
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("rpc error: code = NotFound"));
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Nobody listens any more.
        }
    }

    private static async Task WriteAsync(HttpListenerContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }
}

/// <summary>A question for a log.</summary>
internal sealed record LogQuestion(string Pod, bool Follow, bool Previous);

/// <summary>What goes wrong with the answer to it.</summary>
/// <param name="Status">The status, if the answer is not a success.</param>
/// <param name="Lines">After how many lines of the log nothing more comes.</param>
/// <param name="Hangs">Whether the connection stays open then.</param>
internal sealed record LogTrouble(int? Status = null, int? Lines = null, bool Hangs = false);

/// <summary>A line of a log with its time in front, as nodes send it.</summary>
internal sealed record StampedLine(DateTimeOffset Time, string Text)
{
    // To the nanosecond, of which a tick is a hundred.
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffff}00Z {Text}");
}

/// <summary>A pod with a sidecar that starts before the service.</summary>
/// <param name="name">Its name.</param>
/// <param name="version">The service with its version.</param>
internal sealed class LoggedPod(string name, string version)
{
    private readonly string _uid = Guid.NewGuid().ToString();
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _restarts;
    private bool _isEvicted;

    public string Name => name;

    public string Service => version.Split('-')[0];

    public bool HasStopped { get; private set; }

    /// <summary>Whether it is to go.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Which log it is.</summary>
    public int LogNumber { get; private set; }

    /// <summary>What the container has written, from the time that it was started, or from the last rotation.</summary>
    public IReadOnlyList<StampedLine> Log { get; private set; } = [];

    /// <summary>What the container before had written.</summary>
    public IReadOnlyList<StampedLine> Previous { get; private set; } = [];

    /// <summary>Is done when anything changes.</summary>
    public Task Changed => _changed.Task;

    public V1Pod Object => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "bookinfo",
            Uid = _uid,
            DeletionTimestamp = IsDeleted ? DateTime.UnixEpoch : null,
            Labels = new Dictionary<string, string> { ["app"] = Service, ["version"] = version.Split('-')[1] },
        },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "istio-proxy" }, new V1Container { Name = Service }] },
        Status = new V1PodStatus
        {
            Phase = _isEvicted ? "Failed" : "Running",
            ContainerStatuses = _isEvicted ? null :
            [
                new V1ContainerStatus
                {
                    Name = Service,
                    RestartCount = _restarts,
                    State = HasStopped
                        ? new V1ContainerState { Terminated = new V1ContainerStateTerminated() }
                        : new V1ContainerState { Running = new V1ContainerStateRunning() },
                },
            ],
        },
    };

    /// <summary>Writes lines.</summary>
    public void Write(IEnumerable<MadeLine> lines) => Change(() => Log =
    [
        .. Log, .. lines.Select(line => new StampedLine(
            DateTimeOffset.UnixEpoch.AddTicks(line.Time / TimeSpan.NanosecondsPerTick), line.Text)),
    ]);

    /// <summary>The container ends.</summary>
    public void Stop() => Change(() => HasStopped = true);

    /// <summary>The node puts the pod out, which stays there.</summary>
    public void Evict() => Change(() => _isEvicted = HasStopped = true);

    /// <summary>The container is started again.</summary>
    public void Restart() => Change(() => (Previous, Log, LogNumber, _restarts) = (Log, [], LogNumber + 1, _restarts + 1));

    /// <summary>What was written is put aside, where nobody can ask for it.</summary>
    public void Rotate() => Change(() => (Log, LogNumber) = ([], LogNumber + 1));

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
