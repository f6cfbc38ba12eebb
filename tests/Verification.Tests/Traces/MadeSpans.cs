using System.Globalization;

namespace Bookinfo.Verification.Tests;

/// <summary>A span that a service would have sent.</summary>
/// <param name="TraceId">Its trace, in digits.</param>
/// <param name="Id">Its id.</param>
/// <param name="Parent">The span that it is below.</param>
/// <param name="Kind">What it is of.</param>
/// <param name="Service">The service that sent it.</param>
/// <param name="Version">Its version.</param>
/// <param name="Start">When it began, in nanoseconds since 1970.</param>
/// <param name="End">When it ended.</param>
/// <param name="Attributes">Its attributes.</param>
internal sealed record MadeSpan(
    string TraceId, ulong Id, ulong Parent, SpanKind Kind, string Service, string Version, long Start, long End,
    IReadOnlyDictionary<string, string> Attributes)
{
    private static readonly SpanKeys Keys = new(["http.response.status_code"]);

    /// <summary>The name of the span.</summary>
    public string Name => $"{Attributes.GetValueOrDefault("http.request.method")} "
        + (Attributes.GetValueOrDefault("http.route") ?? Attributes.GetValueOrDefault("url.template"));

    /// <summary>The same, as a platform shows it.</summary>
    public SeenSpan Seen => new(SpanIds.Trace(TraceId), Id, Parent, Keys.Of(Keys.Read(Kind, Attribute), Service, Version), Start, End)
    {
        Text = Keys.Tell(Name, Attribute),
    };

    private string? Attribute(string name) => Attributes.GetValueOrDefault(name);
}

/// <summary>Makes the spans of requests from what is expected of them.</summary>
internal static class MadeSpans
{
    private const long Way = 100_000;

    /// <summary>Those of all requests of a run that are known.</summary>
    /// <param name="run">The run.</param>
    public static List<MadeSpan> Of(RunExpectation run) => [.. run.Traces.SelectMany(Of)];

    /// <summary>Those of a request.</summary>
    /// <param name="trace">What it must have left.</param>
    public static List<MadeSpan> Of(ExpectedTrace trace)
    {
        var spans = new List<MadeSpan>();
        if (trace.Fate.Request is { } request)
        {
            var took = trace.Served ?? trace.Waited / 2;
            AddServed(spans, trace, request, SpanIds.Span(trace.ParentId), trace.Sent + Way, trace.Sent + Way + took);
        }

        return spans;
    }

    private static void AddServed(List<MadeSpan> spans, ExpectedTrace trace, ExpectedRequest request, ulong parent, long start, long end)
    {
        var span = Make(spans, trace, parent, SpanKind.Server, request.Service, request.Version, start, end, new()
        {
            ["http.request.method"] = request.Method,
            ["http.route"] = request.Route,
            ["http.response.status_code"] = request.Status.ToString(CultureInfo.InvariantCulture),
        });
        foreach (var call in request.Calls)
        {
            foreach (var attempt in call.Tries)
            {
                var tried = Make(spans, trace, span.Id, SpanKind.Client, request.Service, request.Version, start + Way, end - Way, new()
                {
                    ["http.request.method"] = "GET",
                    ["http.response.status_code"] = attempt.Outcome.Status,
                    ["error.type"] = attempt.Outcome.ErrorType,
                    ["service.peer.name"] = call.Service,
                    ["peer.service"] = call.Service,
                    ["url.template"] = $"/{call.Service}/{{id}}",
                });
                if (attempt.Served is { } served)
                {
                    AddServed(spans, trace, served, tried.Id, start + (2 * Way), end - (2 * Way));
                }
            }
        }
    }

    private static MadeSpan Make(
        List<MadeSpan> spans, ExpectedTrace trace, ulong parent, SpanKind kind, string service, string version, long start, long end,
        Dictionary<string, string> attributes)
    {
        // As good as left to chance, and the same each time.
        var id = unchecked((SpanIds.Span(trace.TraceId[16..]) + (ulong)spans.Count + 1) * 0x9E3779B97F4A7C15);
        var span = new MadeSpan(
            trace.TraceId, id, parent, kind, service, version, start, end,
            attributes.Where(attribute => attribute.Value.Length > 0).ToDictionary());
        spans.Add(span);
        return span;
    }
}
