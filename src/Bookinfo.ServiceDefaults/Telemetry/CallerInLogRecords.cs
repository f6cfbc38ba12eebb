using System.Diagnostics;
using Bookinfo.ServiceDefaults.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// Gives log records that are sent by OTLP the position in a trace that the request brought, as lines on stdout have it. The SDK takes that
/// of the current span, of which there is none without tracing: then a mesh makes the traces.
/// </summary>
internal sealed class CallerInLogRecords : BaseProcessor<LogRecord>
{
    /// <inheritdoc/>
    public override void OnEnd(LogRecord data)
    {
        if (data.Attributes is AccessEntry entry)
        {
            Fill(data, entry.Request.Caller);
            return;
        }

        data.ForEachScope(
            static (scope, record) =>
            {
                if (scope.Scope is RequestRecord request)
                {
                    Fill(record, request.Caller);
                }
            },
            data);
    }

    private static void Fill(LogRecord record, ActivityContext caller)
    {
        if (record.TraceId == default && caller.TraceId != default)
        {
            (record.TraceId, record.SpanId, record.TraceFlags) = (caller.TraceId, caller.SpanId, caller.TraceFlags);
        }
    }
}
