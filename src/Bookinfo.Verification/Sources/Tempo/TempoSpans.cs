using System.Globalization;
using System.Text.Json;
using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>The spans of a Grafana Tempo, by its HTTP API: traces by their ids, and the other way by search.</summary>
/// <param name="address">Where its API is.</param>
/// <param name="tenant">Whose traces, in one that keeps those of several; <see langword="null"/> in one that does not.</param>
/// <param name="keys">Reads what spans are about.</param>
public sealed class TempoSpans(Uri address, string? tenant = null, SpanKeys? keys = null) : SpansById(new JsonClient(address, "Tempo")
{
    Tenant = tenant,
    WhenUnauthorized = $"{JsonClient.Unauthorized}, or name the tenant with --tenant",
})
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly OtlpSpanReader _spans = new(keys ?? new SpanKeys());

    /// <summary>Whether it is so old that it has only the first version of its API.</summary>
    private volatile bool _isOld;

    /// <inheritdoc/>
    public override IEnumerable<string> Notes =>
    [
        Client.NotTried,
        "Its search tells that a trace is there, and not with how many spans.",
    ];

    /// <inheritdoc/>
    public override async Task<string> ConnectAsync(CancellationToken cancellationToken)
    {
        const string Search = "/api/search?limit=1";
        using var answer = await Client.GetAsync(Search, cancellationToken);
        if (answer.RootElement is not { ValueKind: JsonValueKind.Object } found
            || (!found.TryGetProperty("traces", out _) && !found.TryGetProperty("metrics", out _)))
        {
            throw Client.Failure("what it answers to '/api/search' is something else");
        }

        const string Version = "/api/status/buildinfo";
        using var build = await Client.FindAsync(Version, cancellationToken);
        return build is null ? "" : Client.Read(Version, () =>
            build.RootElement.TryGetProperty("version", out var version) ? $"version {version.GetString()}" : "");
    }

    /// <inheritdoc/>
    public override async Task<FoundTrace> FindAsync(IReadOnlyList<SeenSpan> trace, CancellationToken cancellationToken)
    {
        // TraceQL knows ids of traces since version 2.6; before, it refuses the question.
        var id = SpanIds.Text(trace[0].TraceId);
        var (start, end) = (trace.Min(span => span.Start) / NanosecondsPerSecond, trace.Max(span => span.End) / NanosecondsPerSecond);
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/search?q={Uri.EscapeDataString($"{{ trace:id = \"{id}\" }}")}&start={start}&end={end + 1}&limit=10");
        var (answer, _) = await Client.TryAsync(path, cancellationToken);
        using (answer)
        {
            return answer is null ? FoundTrace.Unanswered
                : Client.Read(path, () => Traces(answer.RootElement).Any(
                    found => SpanIds.Trace(found.GetProperty("traceID").GetText()) == trace[0].TraceId))
                    ? new FoundTrace(true, null)
                    : FoundTrace.Nothing;
        }
    }

    private static JsonElement.ArrayEnumerator Traces(JsonElement answer) =>
        List(answer, "traces", "traces");

    /// <inheritdoc/>
    private protected override async Task<List<SeenSpan>> AskAsync(string id, CancellationToken cancellationToken)
    {
        List<SeenSpan> spans = [];
        if (!_isOld)
        {
            spans = await AskAsync($"/api/v2/traces/{id}", isOld: false, cancellationToken);
        }

        if (spans.Count == 0)
        {
            // An old one does not know the other question, and gives the same answer to that as for a trace that is not there.
            spans = await AskAsync($"/api/traces/{id}", isOld: true, cancellationToken);
            _isOld |= spans.Count > 0;
        }

        return spans;
    }

    private async Task<List<SeenSpan>> AskAsync(string path, bool isOld, CancellationToken cancellationToken)
    {
        using var answer = await Client.FindAsync(path, cancellationToken);
        if (answer is null)
        {
            return [];
        }

        var root = answer.RootElement;
        if (!isOld && Client.Read(path, () => root.TryGetProperty("status", out var status) && status.ToString() is "PARTIAL" or "1"))
        {
            throw new OperationFailedException(
                FailureKind.Failed,
                $"{Name} shows a part only of a trace, so nothing can be said of the rest ('{path}'): raise its limits on traces.");
        }

        return Client.Read(path, () => isOld ? ReadTrace(root) : root.TryGetProperty("trace", out var trace) ? ReadTrace(trace) : []);
    }

    /// <summary>The lists of resources and scopes have had other names.</summary>
    private List<SeenSpan> ReadTrace(JsonElement trace) =>
    [
        .. from ofResource in List(trace, "resourceSpans", "batches")
           let resource = ofResource.TryGetProperty("resource", out var attributes) ? OtlpResource.Read(attributes) : default
           from ofScope in List(ofResource, "scopeSpans", "instrumentationLibrarySpans")
           from span in List(ofScope, "spans", "spans")
           select _spans.From(resource, _spans.Read(span)),
    ];

    private static JsonElement.ArrayEnumerator List(JsonElement owner, string name, string oldName) =>
        owner.TryGetProperty(name, out var list) || owner.TryGetProperty(oldName, out list) ? list.EnumerateArray() : default;
}
