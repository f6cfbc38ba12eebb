using System.Text.Json.Nodes;

namespace Bookinfo.Verification;

/// <summary>Makes of a log record of OTLP the line that the service writes of the same event, as far as that is needed.</summary>
internal static class AccessRecord
{
    /// <summary>What tells access lines apart, or is of use to whoever looks for one.</summary>
    private static readonly string[] Fields = ["method", "route", "path", "status", "duration_ms", "bytes", "x_request_id"];

    /// <summary>Makes the line, in which the service and its version are left out.</summary>
    /// <param name="eventName">The name of the event.</param>
    /// <param name="time">When the record was made, in nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="traceId">The trace.</param>
    /// <param name="spanId">The span.</param>
    /// <param name="attribute">Finds an attribute of the record.</param>
    public static JsonObject Create(
        string? eventName, string? time, string? traceId, string? spanId, Func<string, string?> attribute)
    {
        var line = new JsonObject { ["event"] = eventName, ["time"] = time, ["trace_id"] = traceId, ["span_id"] = spanId };
        foreach (var field in Fields)
        {
            line[field] = attribute(field);
        }

        return line;
    }

    /// <summary>The line of a service.</summary>
    /// <param name="line">The line without it.</param>
    /// <param name="service">The service.</param>
    /// <param name="version">Its version.</param>
    public static string Of(JsonObject line, string service, string version)
    {
        line["service"] = service;
        line["version"] = version;
        return line.ToJsonString();
    }
}
