using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Verification.Tests;

/// <summary>A platform of spans: what it shows of them, and what reads it.</summary>
/// <param name="open">Opens what reads it, by some reader of keys.</param>
/// <param name="answer">Answers a question, from the spans that it has and from those that its search has.</param>
internal sealed class SpanPlatform(
    Func<Uri, SpanKeys?, ISpanStore> open, Func<HttpRequest, ILookup<string, MadeSpan>, IReadOnlyList<MadeSpan>, IResult> answer)
{
    /// <summary>Those that are not Aspire, by name.</summary>
    public static readonly IReadOnlyDictionary<string, SpanPlatform> All = new Dictionary<string, SpanPlatform>
    {
        ["Jaeger"] = new((address, keys) => new JaegerSpans(address, keys), Jaeger),
        ["Tempo"] = new((address, keys) => new TempoSpans(address, keys: keys), Tempo),
        ["an old Tempo"] = new((address, keys) => new TempoSpans(address, keys: keys), OldTempo),
        ["Zipkin"] = new((address, keys) => new ZipkinSpans(address, keys), Zipkin),
    };

    /// <summary>Opens what reads it.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="keys">Reads what spans are about.</param>
    public ISpanStore Open(Uri address, SpanKeys? keys = null) => open(address, keys);

    /// <summary>Stands in for it.</summary>
    /// <param name="spans">The spans that it has.</param>
    /// <param name="searched">Those that its search has; <see langword="null"/> for the same.</param>
    public Task<StandIn> StartAsync(IReadOnlyList<MadeSpan> spans, IReadOnlyList<MadeSpan>? searched = null)
    {
        var byId = spans.ToLookup(span => span.TraceId);
        return StandIn.StartAsync(request => answer(request, byId, searched ?? spans));
    }

    /// <summary>What it answers to a question.</summary>
    /// <param name="request">The question.</param>
    /// <param name="spans">The spans that it has.</param>
    public IResult Answer(HttpRequest request, IReadOnlyList<MadeSpan> spans) =>
        answer(request, spans.ToLookup(span => span.TraceId), spans);

    private static IResult Jaeger(HttpRequest request, ILookup<string, MadeSpan> byId, IReadOnlyList<MadeSpan> searched)
    {
        var path = request.Path.Value!;
        if (path == "/api/services")
        {
            return StandIn.Json(new JsonObject { ["data"] = new JsonArray("productpage"), ["errors"] = null });
        }

        if (path == "/api/traces")
        {
            var (start, end) = (Number(request, "start") * 1000, Number(request, "end") * 1000);
            var found = searched.GroupBy(span => span.TraceId)
                .Where(trace => trace.Any(span => span.Service == request.Query["service"] && span.Start >= start && span.Start <= end))
                .Take((int)Number(request, "limit"));
            return StandIn.Json(new JsonObject { ["data"] = new JsonArray([.. found.Select(JaegerTrace)]), ["errors"] = null });
        }

        return path.StartsWith("/api/traces/", StringComparison.Ordinal) && byId[path[12..]].ToList() is { Count: > 0 } spans
            ? StandIn.Json(new JsonObject { ["data"] = new JsonArray(JaegerTrace(spans)), ["errors"] = null })
            : StandIn.Text(404, """{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}""");
    }

    private static JsonObject JaegerTrace(IEnumerable<MadeSpan> spans)
    {
        var processes = spans.Select(span => (span.Service, span.Version)).Distinct().ToList();
        return new JsonObject
        {
            ["traceID"] = spans.First().TraceId,
            ["spans"] = new JsonArray([.. spans.Select(span => new JsonObject
            {
                ["traceID"] = span.TraceId,
                ["spanID"] = Text(span.Id),
                ["operationName"] = span.Name,
                ["references"] = new JsonArray(new JsonObject
                {
                    ["refType"] = "CHILD_OF", ["traceID"] = span.TraceId, ["spanID"] = Text(span.Parent),
                }),
                ["startTime"] = span.Start / 1000,
                ["duration"] = (span.End - span.Start) / 1000,
                ["tags"] = JaegerTags(span.Attributes.Append(new("span.kind", span.Kind.ToString().ToLowerInvariant()))),
                ["processID"] = $"p{processes.IndexOf((span.Service, span.Version))}",
                ["warnings"] = null,
            })]),
            ["processes"] = new JsonObject(processes.Select((process, index) => KeyValuePair.Create(
                $"p{index}", (JsonNode?)new JsonObject
                {
                    ["serviceName"] = process.Service,
                    ["tags"] = JaegerTags([new("service.namespace", "bookinfo"), new("service.version", process.Version)]),
                }))),
        };
    }

    private static JsonArray JaegerTags(IEnumerable<KeyValuePair<string, string>> attributes) => new([.. attributes.Select(attribute =>
        new JsonObject
        {
            ["key"] = attribute.Key,
            ["type"] = IsNumber(attribute.Key) ? "int64" : "string",
            ["value"] = IsNumber(attribute.Key) ? JsonValue.Create(int.Parse(attribute.Value, CultureInfo.InvariantCulture))
                : JsonValue.Create(attribute.Value),
        })]);

    private static IResult Tempo(HttpRequest request, ILookup<string, MadeSpan> byId, IReadOnlyList<MadeSpan> searched)
    {
        var path = request.Path.Value!;
        if (path == "/api/search")
        {
            var found = searched.Select(span => span.TraceId).Distinct()
                .Where(id => !request.Query.ContainsKey("q") || request.Query["q"] == $"{{ trace:id = \"{id}\" }}");
            return StandIn.Json(new JsonObject
            {
                // It leaves zeros in front out.
                ["traces"] = new JsonArray([.. found.Take(10).Select(id => new JsonObject { ["traceID"] = id.TrimStart('0') })]),
                ["metrics"] = new JsonObject(),
            });
        }

        if (path == "/api/status/buildinfo")
        {
            return StandIn.Json(new JsonObject { ["version"] = "2.7.0" });
        }

        return path.StartsWith("/api/v2/traces/", StringComparison.Ordinal)
            ? StandIn.Json(new JsonObject { ["trace"] = TempoTrace("resourceSpans", byId[path[15..]]), ["metrics"] = new JsonObject() })
            : StandIn.Text(404, "");
    }

    private static IResult OldTempo(HttpRequest request, ILookup<string, MadeSpan> byId, IReadOnlyList<MadeSpan> searched)
    {
        var path = request.Path.Value!;
        return path == "/api/search" && request.Query.ContainsKey("q") ? StandIn.Text(400, "invalid TraceQL query: unknown identifier")
            : path == "/api/search" ? Tempo(request, byId, searched)
            : path.StartsWith("/api/traces/", StringComparison.Ordinal) && byId[path[12..]].Any()
                ? StandIn.Json(TempoTrace("batches", byId[path[12..]]))
                : StandIn.Text(404, "404 page not found");
    }

    /// <summary>Its JSON is that of protobuf: ids in base64, kinds by name.</summary>
    private static JsonObject TempoTrace(string list, IEnumerable<MadeSpan> spans)
    {
        var resources = spans.GroupBy(span => (span.Service, span.Version)).Select(process => new JsonObject
        {
            ["resource"] = new JsonObject
            {
                ["attributes"] = OtlpAttributesOf([new("service.name", process.Key.Service), new("service.version", process.Key.Version)]),
            },
            ["scopeSpans"] = new JsonArray(new JsonObject
            {
                ["scope"] = new JsonObject { ["name"] = "Bookinfo.Http" },
                ["spans"] = new JsonArray([.. process.Select(span => new JsonObject
                {
                    ["traceId"] = Convert.ToBase64String(Convert.FromHexString(span.TraceId)),
                    ["spanId"] = Convert.ToBase64String(Convert.FromHexString(Text(span.Id))),
                    ["parentSpanId"] = Convert.ToBase64String(Convert.FromHexString(Text(span.Parent))),
                    ["name"] = span.Name,
                    ["kind"] = $"SPAN_KIND_{span.Kind.ToString().ToUpperInvariant()}",
                    ["startTimeUnixNano"] = span.Start.ToString(CultureInfo.InvariantCulture),
                    ["endTimeUnixNano"] = span.End.ToString(CultureInfo.InvariantCulture),
                    ["attributes"] = OtlpAttributesOf(span.Attributes),
                    ["status"] = new JsonObject(),
                })]),
            }),
        });
        // Lists without anything are left out.
        return spans.Any() ? new JsonObject { [list] = new JsonArray([.. resources]) } : [];
    }

    private static JsonArray OtlpAttributesOf(IEnumerable<KeyValuePair<string, string>> attributes) => new([.. attributes.Select(one =>
        new JsonObject
        {
            ["key"] = one.Key,
            ["value"] = new JsonObject { [IsNumber(one.Key) ? "intValue" : "stringValue"] = one.Value },
        })]);

    private static IResult Zipkin(HttpRequest request, ILookup<string, MadeSpan> byId, IReadOnlyList<MadeSpan> searched)
    {
        var path = request.Path.Value!;
        if (path == "/api/v2/services")
        {
            return StandIn.Json(new JsonArray("productpage"));
        }

        if (path == "/api/v2/traces")
        {
            var end = Number(request, "endTs") * 1_000_000;
            var start = end - (Number(request, "lookback") * 1_000_000);
            var found = searched.GroupBy(span => span.TraceId)
                .Where(trace => trace.Any(span => span.Service == request.Query["serviceName"])
                    && trace.All(span => span.Start >= start && span.Start <= end))
                .Take((int)Number(request, "limit"));
            return StandIn.Json(new JsonArray([.. found.Select(ZipkinTrace)]));
        }

        return path.StartsWith("/api/v2/trace/", StringComparison.Ordinal) && byId[path[14..]].ToList() is { Count: > 0 } spans
            ? StandIn.Json(ZipkinTrace(spans))
            : StandIn.Text(404, $"{path[14..]} not found");
    }

    private static JsonArray ZipkinTrace(IEnumerable<MadeSpan> spans) => new([.. spans.Select(span => new JsonObject(
        new KeyValuePair<string, JsonNode?>[]
        {
            new("traceId", span.TraceId),
            new("id", Text(span.Id)),
            new("name", span.Name.ToLowerInvariant()),
            new("parentId", Text(span.Parent)),
            new("kind", span.Kind == SpanKind.Other ? null : span.Kind.ToString().ToUpperInvariant()),
            new("shared", span.Attributes.ContainsKey("shared") ? true : null),
            new("timestamp", span.Start / 1000),
            new("duration", (span.End - span.Start) / 1000),
            new("localEndpoint", new JsonObject { ["serviceName"] = span.Service }),
            new("remoteEndpoint", span.Attributes.TryGetValue("peer.service", out var peer)
                ? new JsonObject { ["serviceName"] = peer }
                : null),
            new("tags", new JsonObject(span.Attributes.Append(new("service.version", span.Version))
                .Where(attribute => attribute.Key is not ("shared" or "peer.service" or "service.peer.name"))
                .Select(attribute => KeyValuePair.Create(attribute.Key, (JsonNode?)attribute.Value)))),
        }.Where(field => field.Value is not null)))]);

    private static bool IsNumber(string attribute) => attribute == "http.response.status_code";

    private static long Number(HttpRequest request, string name) =>
        long.Parse(request.Query[name].ToString(), CultureInfo.InvariantCulture);

    private static string Text(ulong id) => id.ToString("x16", CultureInfo.InvariantCulture);
}
