using System.Globalization;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>The spans of a Zipkin, by version 2 of its API: traces by their ids, and the other way by search.</summary>
/// <param name="address">Where its page is, without <c>/zipkin</c>.</param>
/// <param name="keys">Reads what spans are about.</param>
public sealed class ZipkinSpans(Uri address, SpanKeys? keys = null) : SpansById(new JsonClient(address, "Zipkin"))
{
    /// <summary>More traces than can begin and end while one lasts, at usual rates.</summary>
    private const int Limit = 500;

    private const long NanosecondsPerMicrosecond = 1000;
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly SpanKeys _keys = keys ?? new SpanKeys();

    /// <inheritdoc/>
    public override IEnumerable<string> Notes =>
    [
        Client.NotTried,
        "Versions are read from the tag service.version, which an OpenTelemetry Collector makes of the attribute of the resource.",
    ];

    /// <inheritdoc/>
    public override async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        const string Services = "/api/v2/services";
        using var answer = await Client.GetAsync(Services, cancellationToken);
        if (answer.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw Client.Failure($"what it answers to '{Services}' is something else");
        }

        return "";
    }

    /// <inheritdoc/>
    public override async Task<FoundTrace> FindAsync(IReadOnlyList<SeenSpan> trace, CancellationToken cancellationToken)
    {
        if (EntryOf(trace) is not { } entry)
        {
            return FoundTrace.Unanswered;
        }

        var start = trace.Min(span => span.Start) / NanosecondsPerMillisecond;
        var end = (trace.Max(span => span.End) / NanosecondsPerMillisecond) + 1;
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v2/traces?serviceName={entry.Service}&endTs={end}&lookback={end - start}&limit={Limit}");
        using var answer = await Client.GetAsync(path, cancellationToken);
        var traces = Client.Read(path, () => answer.RootElement.EnumerateArray().Select(ReadSpans).ToList());
        return FoundTrace.Among(traces, trace[0].TraceId, Limit);
    }

    /// <inheritdoc/>
    private protected override async Task<List<SeenSpan>> AskAsync(string id, CancellationToken cancellationToken)
    {
        var path = $"/api/v2/trace/{id}";
        using var answer = await Client.FindAsync(path, cancellationToken);
        return answer is null ? [] : Client.Read(path, () => ReadSpans(answer.RootElement));
    }

    private List<SeenSpan> ReadSpans(JsonElement trace) => [.. trace.EnumerateArray().Select(ReadSpan)];

    private SeenSpan ReadSpan(JsonElement span)
    {
        string Required(string name) => span.GetProperty(name).GetText();
        string? Text(string name) => span.TryGetProperty(name, out var value) ? value.GetString() : null;
        string? Tag(string name) => span.TryGetProperty("tags", out var tags) && tags.TryGetProperty(name, out var tag)
            ? tag.GetString()
            // What turns spans into those of Zipkin may make the other end of a call of it.
            : name == "peer.service" ? ServiceAt(span, "remoteEndpoint") : null;
        var (id, parent) = (SpanIds.Span(Required("id")), SpanIds.Span(Text("parentId") ?? ""));
        if (span.TryGetProperty("shared", out var shared) && shared.ValueKind == JsonValueKind.True)
        {
            // The two sides of a call, those of sidecars for example, may be one span to Zipkin. Here, the one that was called is below.
            (id, parent) = (~id, id);
        }

        var kind = Text("kind") switch { "SERVER" => SpanKind.Server, "CLIENT" => SpanKind.Client, _ => SpanKind.Other };
        var start = SpanTimes.Require(Time(span, "timestamp"));
        return new SeenSpan(
            SpanIds.Trace(Required("traceId")), id, parent,
            _keys.Of(_keys.Read(kind, Tag), ServiceAt(span, "localEndpoint") ?? "", Tag("service.version") ?? ""),
            start, SpanTimes.Require(checked(start + Time(span, "duration"))))
        {
            Text = _keys.Tell(Text("name") ?? "", Tag),
        };
    }

    /// <summary>A time in nanoseconds; 0 when it is not there. It is in microseconds, of which some send fractions.</summary>
    private static long Time(JsonElement span, string name) =>
        span.TryGetProperty(name, out var time) ? (long)(time.GetDecimal() * NanosecondsPerMicrosecond) : 0;

    private static string? ServiceAt(JsonElement span, string endpoint) =>
        span.TryGetProperty(endpoint, out var end) && end.ValueKind == JsonValueKind.Object
        && end.TryGetProperty("serviceName", out var name)
            ? name.GetString()
            : null;
}
