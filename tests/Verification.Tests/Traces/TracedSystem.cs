using System.Collections.Concurrent;
using System.Globalization;
using Bookinfo.Load;
using Bookinfo.Otlp;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// The real services, a real Aspire dashboard, and between them a listener of ours, which sends on to a relay, and one more behind the
/// relay. A run of requests for each sabotage, and a healthy one, have been sent when it is there.
/// </summary>
public sealed class TracedSystem : IAsyncLifetime
{
    public const string LostLine = "a log record lost";
    public const string LineTwice = "a log record twice";

    private const int Requests = 200;

    /// <summary>Those with which a run begins are numbered from -1 downwards.</summary>
    private const int MostSetup = 30;

    private readonly ServiceProcesses _services = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-traces");
    private readonly ConcurrentDictionary<string, SpanSabotage> _sabotages = [];
    private readonly ConcurrentDictionary<string, string> _ofLogs = [];
    private readonly ConcurrentDictionary<string, bool> _spoiledLogs = [];
    private readonly Dictionary<string, RunExpectation> _runs = [];
    private RunningDashboard? _dashboard;
    private OtlpRelay? _relay;
    private OtlpListener? _listener;
    private OtlpListener? _platform;

    /// <summary>The healthy run.</summary>
    internal RunExpectation Healthy => _runs[""];

    /// <summary>The run that a sabotage has spoiled.</summary>
    /// <param name="name">The name of the sabotage.</param>
    internal RunExpectation RunOf(string name) => _runs[name];

    public async ValueTask InitializeAsync()
    {
        try
        {
            _dashboard = await RunningDashboard.StartAsync();
            (_platform, var behind) = await ListenAsync(forward: _dashboard.Otlp);
            _relay = new OtlpRelay(behind, Spoil);
            await _relay.StartAsync();
            (_listener, var before) = await ListenAsync(forward: _relay.Address);
            foreach (var (variable, value) in new[]
            {
                ("OTEL_EXPORTER_OTLP_ENDPOINT", before.AbsoluteUri), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
                ("OTEL_BSP_MAX_QUEUE_SIZE", "100000"), ("OTEL_BLRP_MAX_QUEUE_SIZE", "100000"),
            })
            {
                _services.Set("*", variable, value);
            }

            await _services.StartAsync();
            ulong seed = 0;
            await SendAsync("", ++seed);
            foreach (var sabotage in SpanSabotage.All.Append(SpanSabotage.Twins))
            {
                ForRun(++seed, trace => _sabotages[trace] = sabotage);
                await SendAsync(sabotage.Name, seed);
            }

            foreach (var name in new[] { LostLine, LineTwice })
            {
                ForRun(++seed, trace => _ofLogs[trace] = name);
                await SendAsync(name, seed);
            }

            var expected = _runs.Values.Sum(run => run.Counts.Spans.Low + run.Counts.Lines.Low);
            await Eventually.HoldsAsync(
                () => Task.FromResult(_relay.Taken >= expected ? "" : $"{_relay.Taken} of {expected} spans and lines came."),
                () => _relay.Taken);
        }
        catch
        {
            // Without this, nothing would end what has been started.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>The traces of the dashboard, as <c>verify</c> reads them.</summary>
    /// <param name="patience">How long to wait for spans.</param>
    /// <param name="sampling">Which share of the traces is to be there.</param>
    /// <param name="time">The clock; <see langword="null"/> for that of the machine.</param>
    internal TraceSource Traces(TimeSpan patience, double sampling = 1, TimeProvider? time = null) =>
        new(new AspireSpans(new AspireClient(_dashboard!.Address)), sampling, patience, time ?? TimeProvider.System);

    /// <summary>The log records of the dashboard, as <c>verify</c> reads them.</summary>
    /// <param name="patience">How long to wait for records.</param>
    internal LogSource Logs(TimeSpan patience) =>
        new(new AspireLogs(new AspireClient(_dashboard!.Address)), patience, TimeProvider.System);

    /// <summary>What has come on the way to the relay, where nothing is spoiled yet.</summary>
    internal OtlpListener Listener => _listener!;

    /// <summary>What has come behind the relay, twins and all.</summary>
    internal OtlpListener Platform => _platform!;

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _listener?.Dispose();
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        _platform?.Dispose();

        if (_dashboard is not null)
        {
            await _dashboard.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private static async Task<(OtlpListener Listener, Uri Address)> ListenAsync(Uri forward)
    {
        var port = FreePort.Find(count: 2);
        var listener = new OtlpListener(port, forward);
        await listener.StartAsync(TestContext.Current.CancellationToken);
        return (listener, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port + 1}")));
    }

    /// <summary>The relay knows by the trace id which run something is of, whenever it comes.</summary>
    private static void ForRun(ulong seed, Action<string> add)
    {
        for (var index = -MostSetup; index <= Requests; index++)
        {
            add(RequestIdentity.Of(new IndexedRandom(seed), index).TraceId);
        }
    }

    private async Task SendAsync(string name, ulong seed)
    {
        var ledger = Path.Combine(_directory.FullName, $"{seed}.ledger");
        await KnownRun.SendAsync(_services.AddressOf("productpage-v1"), ledger, Requests, rate: 100, seed);
        _runs[name] = new LedgerOracle(ledger).Expect(TestContext.Current.CancellationToken);
    }

    private IEnumerable<RelayedItem> Spoil(OtlpSignal signal, RelayedItem item)
    {
        if (signal == OtlpSignal.Traces)
        {
            return _sabotages.TryGetValue(item.TraceId, out var sabotage) ? sabotage.Spoil(item) : [item];
        }

        // One access line of each run is enough.
        return item.Event == "RequestFinished" && _ofLogs.TryGetValue(item.TraceId, out var name) && _spoiledLogs.TryAdd(name, true)
            ? name == LostLine ? [] : [item, item]
            : [item];
    }
}
