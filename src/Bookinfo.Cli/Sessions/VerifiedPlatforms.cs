using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Sessions;

/// <summary>The platforms that <c>verify</c> asks: those that are named.</summary>
internal sealed record VerifiedPlatforms
{
    /// <summary>Where metrics are; <see langword="null"/> for the Prometheus beside the services.</summary>
    public Uri? Prometheus { get; init; }

    /// <summary>A condition on the labels of its targets; empty for none.</summary>
    public string Select { get; init; } = "";

    /// <summary>The dashboard with traces and log records; <see langword="null"/> for the one beside the services.</summary>
    public Uri? Aspire { get; init; }

    /// <summary>Which share of the traces is to be there, from 0 to 1.</summary>
    public double Sampling { get; init; } = 1;

    /// <summary>The port on which to listen for OTLP; <see langword="null"/> for none.</summary>
    public int? OtlpPort { get; init; }

    /// <summary>Where to send on what comes by OTLP; <see langword="null"/> for nowhere.</summary>
    public Uri? Forward { get; init; }

    /// <summary>Where files with access logs are; <see langword="null"/> when they are not to be verified.</summary>
    public string? Logs { get; init; }

    /// <summary>The Jaeger with traces, if there is one.</summary>
    public Uri? Jaeger { get; init; }

    /// <summary>The Tempo with traces, if there is one.</summary>
    public Uri? Tempo { get; init; }

    /// <summary>The Zipkin with traces, if there is one.</summary>
    public Uri? Zipkin { get; init; }

    /// <summary>The Loki with logs, if there is one.</summary>
    public Uri? Loki { get; init; }

    /// <summary>Which lines of it to look at.</summary>
    public string LokiQuery { get; init; } = LokiLogs.UsualQuery;

    /// <summary>Of whom the Tempo and the Loki are asked; <see langword="null"/> for nobody.</summary>
    public string? Tenant { get; init; }

    /// <summary>The Elasticsearch with logs, if there is one.</summary>
    public Uri? Elasticsearch { get; init; }

    /// <summary>Which indices of it to look in.</summary>
    public string Index { get; init; } = ElasticsearchLogs.UsualIndex;

    /// <summary>Makes what asks them.</summary>
    /// <param name="page">Where the requests go: what runs beside that is verified where nothing else is named.</param>
    /// <param name="podLogs">The logs of pods; <see langword="null"/> when they are not to be verified.</param>
    /// <param name="patience">How long to wait for what was there to be shown.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <returns>A source for each signal of each platform.</returns>
    /// <exception cref="OperationFailedException">There are none.</exception>
    public List<ISource> Open(Uri page, ILogStore? podLogs, TimeSpan patience, TimeProvider time)
    {
        var beside = RunRecord.Read(SourceTree.Find(), page);
        var sources = new List<ISource>();
        if ((Prometheus ?? beside?.Prometheus) is { } prometheus)
        {
            sources.Add(new PrometheusSource(new PrometheusClient(prometheus), Select, patience, time));
        }

        if ((Aspire ?? beside?.Dashboard) is { } aspire)
        {
            sources.Add(new TraceSource(new AspireSpans(new AspireClient(aspire)), Sampling, patience, time));
            sources.Add(new LogSource(new AspireLogs(new AspireClient(aspire)), patience, time));
        }

        if (OtlpPort is { } port)
        {
            var listener = new OtlpListener(port, Forward);
            sources.Add(new TraceSource(new OtlpSpans(listener), Sampling, patience, time));
            sources.Add(new LogSource(new OtlpLogs(listener), patience, time));
        }

        sources.AddRange(SpanStores(new SpanKeys()).Select(store => new TraceSource(store, Sampling, patience, time)));
        sources.AddRange(LogStores().Concat(podLogs is null ? [] : [podLogs]).Select(store => new LogSource(store, patience, time)));
        return sources.Count > 0 ? sources : throw new OperationFailedException(
            FailureKind.InvalidRequest,
            "there is nothing to verify: name a Prometheus (--prometheus), an Aspire dashboard (--aspire), logs (--logs, --pod-logs) or "
            + "another platform, or run them beside the services with 'bookinfo up --prometheus --dashboard'.");
    }

    /// <summary>Makes what asks for traces only, and tells more of each span.</summary>
    /// <param name="page">Where the requests go: what runs beside that is asked where nothing else is named.</param>
    /// <param name="attributes">The attributes of spans that are to be told.</param>
    public List<ISpanStore> OpenTraces(Uri page, IReadOnlyCollection<string> attributes)
    {
        var keys = new SpanKeys(attributes);
        return
        [
            .. (Aspire ?? RunRecord.Read(SourceTree.Find(), page)?.Dashboard) is { } aspire
                ? [new AspireSpans(new AspireClient(aspire), keys)]
                : Array.Empty<ISpanStore>(),
            .. SpanStores(keys),
        ];
    }

    private IEnumerable<ISpanStore> SpanStores(SpanKeys keys)
    {
        if (Jaeger is not null)
        {
            yield return new JaegerSpans(Jaeger, keys);
        }

        if (Tempo is not null)
        {
            yield return new TempoSpans(Tempo, Tenant, keys);
        }

        if (Zipkin is not null)
        {
            yield return new ZipkinSpans(Zipkin, keys);
        }
    }

    private IEnumerable<ILogStore> LogStores()
    {
        if (Logs is not null)
        {
            yield return new LogFiles(Logs);
        }

        if (Loki is not null)
        {
            yield return new LokiLogs(Loki, LokiQuery, Tenant);
        }

        if (Elasticsearch is not null)
        {
            yield return new ElasticsearchLogs(Elasticsearch, Index);
        }
    }
}
