using System.Collections.Concurrent;
using Bookinfo.Load;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// The real services, a real Aspire dashboard, and a relay between them. A run of requests for each sabotage, and a healthy one, have been
/// sent when it is there.
/// </summary>
public sealed class TracedSystem : IAsyncLifetime
{
    private const int Requests = 200;

    /// <summary>Those with which a run begins are numbered from -1 downwards.</summary>
    private const int MostSetup = 30;

    private readonly ServiceProcesses _services = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-traces");
    private readonly ConcurrentDictionary<string, SpanSabotage> _sabotages = [];
    private readonly Dictionary<string, RunExpectation> _runs = [];
    private RunningDashboard? _dashboard;
    private OtlpRelay? _relay;

    /// <summary>The healthy run.</summary>
    internal RunExpectation Healthy => _runs[""];

    /// <summary>The run that a sabotage has spoilt.</summary>
    internal RunExpectation RunOf(SpanSabotage sabotage) => _runs[sabotage.Name];

    public async ValueTask InitializeAsync()
    {
        try
        {
            _dashboard = await RunningDashboard.StartAsync();
            _relay = new OtlpRelay(_dashboard.Otlp, Spoil);
            await _relay.StartAsync();
            foreach (var (variable, value) in new[]
            {
                ("OTEL_EXPORTER_OTLP_ENDPOINT", _relay.Address.ToString()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
                ("OTEL_BSP_SCHEDULE_DELAY", "200"), ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
                ("OTEL_BSP_MAX_QUEUE_SIZE", "100000"), ("OTEL_BLRP_MAX_QUEUE_SIZE", "100000"),
            })
            {
                _services.Set("*", variable, value);
            }

            await _services.StartAsync();
            ulong seed = 0;
            await SendAsync("", ++seed, sabotage: null);
            SpanSabotage.Requests = Healthy.Requests;
            foreach (var sabotage in SpanSabotage.All.Append(SpanSabotage.Twins))
            {
                await SendAsync(sabotage.Name, ++seed, sabotage);
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

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        if (_dashboard is not null)
        {
            await _dashboard.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private async Task SendAsync(string name, ulong seed, SpanSabotage? sabotage)
    {
        // The relay knows by the trace id which run a span is of, whenever it comes.
        for (var index = -MostSetup; sabotage is not null && index <= Requests; index++)
        {
            _sabotages[RequestIdentity.Of(new IndexedRandom(seed), index).TraceId] = sabotage;
        }

        var ledger = Path.Combine(_directory.FullName, $"{seed}.ledger");
        await KnownRun.SendAsync(_services.AddressOf("productpage-v1"), ledger, Requests, rate: 100, seed);
        _runs[name] = new LedgerOracle(ledger).Expect(TestContext.Current.CancellationToken);
    }

    private IEnumerable<RelayedItem> Spoil(string signal, RelayedItem item) =>
        signal == "traces" && _sabotages.TryGetValue(item.TraceId, out var sabotage) ? sabotage.Spoil(item) : [item];
}
