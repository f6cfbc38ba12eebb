using System.Globalization;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>The spans of a Jaeger, by the API that its page uses: traces by their ids, and the other way by search.</summary>
/// <param name="address">Where its page is.</param>
/// <param name="keys">Reads what spans are about.</param>
public sealed class JaegerSpans(Uri address, SpanKeys? keys = null) : SpansById(new JsonClient(address, "Jaeger"))
{
    /// <summary>
    /// Spans as they came. What the page shows has clocks that are corrected, and spans that came twice once (<c>raw</c>).
    /// </summary>
    private const string Raw = "raw=true";

    /// <summary>More than can begin within the microsecond that is asked for.</summary>
    private const int Limit = 100;

    private const long NanosecondsPerMicrosecond = 1000;

    private readonly SpanKeys _keys = keys ?? new SpanKeys();

    /// <inheritdoc/>
    public override async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        const string Services = "/api/services";
        using var answer = await Client.GetAsync(Services, cancellationToken);
        Client.Read(Services, () => answer.RootElement.GetProperty("data").ValueKind);
        return "";
    }

    /// <inheritdoc/>
    public override async Task<FoundTrace> FindAsync(IReadOnlyList<SeenSpan> trace, CancellationToken cancellationToken)
    {
        if (EntryOf(trace) is not { } entry)
        {
            return FoundTrace.Unanswered;
        }

        var start = entry.Start / NanosecondsPerMicrosecond;
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/traces?service={entry.Service}&start={start}&end={start + 1}&limit={Limit}&{Raw}");
        using var answer = await Client.GetAsync(path, cancellationToken);
        var traces = Client.Read(path, () => ReadTraces(answer.RootElement).ToList());
        return FoundTrace.Among(traces, trace[0].TraceId, Limit);
    }

    /// <inheritdoc/>
    private protected override async Task<List<SeenSpan>> AskAsync(string id, CancellationToken cancellationToken)
    {
        var path = $"/api/traces/{id}?{Raw}";
        using var answer = await Client.FindAsync(path, cancellationToken);
        return answer is null ? [] : Client.Read(path, () => ReadTraces(answer.RootElement).SelectMany(spans => spans).ToList());
    }

    private IEnumerable<List<SeenSpan>> ReadTraces(JsonElement answer)
    {
        // An empty list is null to some versions.
        var data = answer.GetProperty("data");
        return data.ValueKind == JsonValueKind.Null ? [] : data.EnumerateArray().Select(trace =>
        {
            var processes = trace.GetProperty("processes");
            return trace.GetProperty("spans").EnumerateArray()
                .Select(span => ReadSpan(span, processes.GetProperty(span.GetProperty("processID").GetText()))).ToList();
        });
    }

    private SeenSpan ReadSpan(JsonElement span, JsonElement process)
    {
        var start = SpanTimes.Require(Nanoseconds(span, "startTime"));
        var kind = Tag(span, "span.kind") switch { "server" => SpanKind.Server, "client" => SpanKind.Client, _ => SpanKind.Other };
        string? Attribute(string name) => Tag(span, name);
        return new SeenSpan(
            SpanIds.Trace(span.GetProperty("traceID").GetText()), SpanIds.Span(span.GetProperty("spanID").GetText()), ParentOf(span),
            _keys.Of(
                _keys.Read(kind, Attribute), process.GetProperty("serviceName").GetText(),
                Tag(process, "service.version") ?? ""),
            start, SpanTimes.Require(checked(start + Nanoseconds(span, "duration"))))
        {
            Text = _keys.Tell(span.TryGetProperty("operationName", out var name) ? name.GetString() ?? "" : "", Attribute),
        };
    }

    private static long Nanoseconds(JsonElement span, string name) =>
        checked(span.GetProperty(name).GetInt64() * NanosecondsPerMicrosecond);

    private static ulong ParentOf(JsonElement span)
    {
        var id = span.GetProperty("traceID").GetText();
        foreach (var reference in span.TryGetProperty("references", out var references) && references.ValueKind == JsonValueKind.Array
            ? references.EnumerateArray()
            : default)
        {
            if (reference.GetProperty("refType").ValueEquals("CHILD_OF") && reference.GetProperty("traceID").ValueEquals(id))
            {
                return SpanIds.Span(reference.GetProperty("spanID").GetText());
            }
        }

        return 0;
    }

    private static string? Tag(JsonElement owner, string name)
    {
        foreach (var tag in owner.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? tags.EnumerateArray()
            : default)
        {
            if (tag.GetProperty("key").ValueEquals(name))
            {
                return tag.GetProperty("value").ToString();
            }
        }

        return null;
    }
}
