using System.Globalization;
using System.Text.Json.Nodes;

namespace Bookinfo.Verification.Tests;

/// <summary>A line that a service would have written, with its time in nanoseconds.</summary>
internal sealed record MadeLine(long Time, string Service, string Text)
{
    /// <summary>Those of all requests of a run that are known, in the order of time.</summary>
    public static List<MadeLine> Of(RunExpectation run) =>
    [
        .. MadeSpans.Of(run).Where(span => span.Kind == SpanKind.Server).Select(span => new MadeLine(span.End, span.Service, new JsonObject
        {
            ["time"] = DateTimeOffset.UnixEpoch.AddTicks(span.End / 100).ToString("O", CultureInfo.InvariantCulture),
            ["level"] = "info",
            ["service"] = span.Service,
            ["version"] = span.Version,
            ["event"] = "RequestFinished",
            ["trace_id"] = span.TraceId,
            ["method"] = span.Attributes["http.request.method"],
            ["route"] = span.Attributes["http.route"],
            ["status"] = int.Parse(span.Attributes["http.response.status_code"], CultureInfo.InvariantCulture),
        }.ToJsonString())).OrderBy(line => line.Time),
    ];
}
