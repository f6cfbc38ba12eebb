using System.Globalization;
using System.Net;
using System.Text;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Local;

/// <summary>
/// What <c>up</c> runs on this machine. Which processes those are, productpage's own metrics say: it counts its calls by the port that they
/// go to, so any ports will do.
/// </summary>
public sealed class LocalSubject : ISubject
{
    /// <summary>
    /// Views of the page after which productpage has called every version of reviews: it takes them in turn, and the first may have been
    /// part of other turns.
    /// </summary>
    private const int Views = 6;

    /// <summary>
    /// How much of a log is read for the start of its process. A process that was started again has its lines further on.
    /// </summary>
    private const int LogHead = 4096;

    /// <summary>Far more than a page or metrics have. What is longer is something else, and may have no end.</summary>
    private const int LongestAnswer = 4 * 1024 * 1024;

    /// <summary>The line of the start is written while the process starts.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The start of a process is computed from how long ago it was, each time a little differently.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, DateTimeOffset> _began = [];
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly SteadyClock _clock;
    private readonly IReadOnlyList<(string Service, Uri Metrics)> _services;

    private LocalSubject(Uri target, HttpClient client, IReadOnlyList<(string Service, Uri Metrics)> services, TimeProvider time)
    {
        Target = target;
        _client = client;
        _services = services;
        _time = time;
        _clock = new SteadyClock(time);
    }

    /// <inheritdoc/>
    public string Kind => "local";

    /// <inheritdoc/>
    public Uri Target { get; }

    /// <inheritdoc/>
    public string Description => $"{Target} and the processes behind it: {string.Join(", ", _services.Select(service => service.Service))}";

    /// <summary>Looks for the processes behind a page.</summary>
    /// <param name="target">The page.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="null"/> when there is no Bookinfo of ours there whose services are on this machine.</returns>
    public static async Task<LocalSubject?> FindAsync(Uri target, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Loopback.Is(target) || target.Scheme != Uri.UriSchemeHttp)
        {
            return null;
        }

        var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = HostAddresses.ConnectAsync, ConnectTimeout = Patience };
        var client = new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = LongestAnswer,
        };
        try
        {
            for (var view = 0; view < Views; view++)
            {
                using var page = await client.GetAsync(new Uri(target, "/productpage"), cancellationToken);
            }

            var found = new List<(string Service, Uri Metrics)>();
            var open = new Queue<Uri>([new Uri(target, "/metrics")]);
            var seen = new HashSet<int>();
            while (open.TryDequeue(out var address))
            {
                if (!seen.Add(address.Port)
                    || await TryReadAsync(client, address, cancellationToken) is not { Service: { } service } metrics)
                {
                    continue;
                }

                found.Add((service, address));
                foreach (var (_, port) in metrics.Called.Where(called => IsHere(called.Host)))
                {
                    open.Enqueue(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/metrics")));
                }
            }

            if (found.Count > 1 && found.Select(one => one.Service).Distinct().Count() == found.Count)
            {
                return new LocalSubject(target, client, [.. found.OrderBy(one => one.Service, StringComparer.Ordinal)], time);
            }
        }
        catch (Exception exception) when (
            exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Nothing is there, or something else.
        }

        client.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public async Task<SubjectFacts> DescribeAsync(CancellationToken cancellationToken)
    {
        var services = new List<ServiceFacts>();
        var setup = new List<ServiceSetup>();
        var notes = new List<string>();
        var tree = SourceTree.Find();
        var logs = tree.Logs(Target.Port);
        var run = RunRecord.Read(tree, Target);
        foreach (var (service, address) in _services)
        {
            var metrics = await TryReadAsync(_client, address, cancellationToken);
            setup.Add(new ServiceSetup(service, metrics?.Build, run?.Program, run?.Variables.GetValueOrDefault(service), null, null));
            var startUp = metrics?.UptimeSeconds is { } seconds
                ? ReadStartUp(Path.Combine(logs, $"{service}.log"), _time.GetUtcNow().AddSeconds(-seconds))
                : null;
            services.Add(new ServiceFacts(service, 1, startUp is { } known ? [known] : [], null, null, [], []));
        }

        if (services.Any(service => service.StartUpSeconds.Count == 0))
        {
            notes.Add($"Start-up times are only known of processes that 'up' of this working copy runs: no log in {logs} tells of the "
                + "start of "
                + $"{string.Join(", ", services.Where(service => service.StartUpSeconds.Count == 0).Select(service => service.Name))}.");
        }

        return new SubjectFacts(services, null, [], [], notes, setup);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<InstanceUse>> ReadUseAsync(bool settled, ICollection<string> notes, CancellationToken cancellationToken)
    {
        var use = new List<InstanceUse>();
        foreach (var (service, address) in _services)
        {
            if (await TryReadAsync(
                _client, address, cancellationToken) is { CpuSeconds: { } cpu, MemoryBytes: { } memory, UptimeSeconds: { } uptime } metrics)
            {
                // Processes have no name that another never has; one that was started again has begun at another time, to some seconds.
                var began = _time.GetUtcNow().AddSeconds(-uptime);
                use.Add(new InstanceUse(
                    service, Instance(service, began), _clock.Seconds, cpu, 0, memory, 0, metrics.Requests,
                    CompileSeconds: metrics.CompileSeconds));
            }
            else
            {
                notes.Add($"{service} did not tell what it uses: {address} was not answered as it should be.");
            }
        }

        return use;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Finds in a log how long the start of a process took.</summary>
    /// <param name="path">The log.</param>
    /// <param name="began">When the process began.</param>
    /// <returns>
    /// Seconds; <see langword="null"/> when it tells of the start of other processes only, or cannot be read.
    /// </returns>
    public static double? ReadStartUp(string path, DateTimeOffset began)
    {
        string text;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            var head = new char[LogHead];
            text = new string(head, 0, reader.ReadBlock(head));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // There is none, or it is another user's.
            return null;
        }

        return StartUpLine.Find(text) is { At: { } at } line && at >= began - ClockTolerance && at <= began + LongestStart
            ? line.Seconds
            : null;
    }

    /// <summary>The instance of a service: the same as long as its process began at the same time, as far as clocks can tell.</summary>
    private string Instance(string service, DateTimeOffset began)
    {
        if (!_began.TryGetValue(service, out var known) || (began - known).Duration() > ClockTolerance)
        {
            known = _began[service] = began;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{service} {known:o}");
    }

    private static bool IsHere(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static async Task<MetricsText?> TryReadAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            // As text, the answer would be read in the encoding that its header names, and there may be no such encoding.
            return MetricsText.Parse(Encoding.UTF8.GetString(await client.GetByteArrayAsync(address, cancellationToken)));
        }
        catch (Exception exception) when (
            exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
