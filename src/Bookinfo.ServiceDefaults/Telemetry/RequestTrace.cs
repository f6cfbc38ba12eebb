using System.Diagnostics;
using Bookinfo.ServiceDefaults.Logging;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>The trace of a request, the same that the lines of the log name.</summary>
/// <param name="Id">Its id: 32 hexadecimal digits.</param>
/// <param name="IsSampled">
/// Whether it is sampled: as this service has decided, or without tracing, as the caller has, such as a mesh's sidecar. A collector may
/// still drop it.
/// </param>
public readonly record struct RequestTrace(string Id, bool IsSampled)
{
    /// <summary>Finds the trace of the request that is being answered.</summary>
    /// <param name="context">The request.</param>
    /// <returns><see langword="null"/> without tracing, when the request brought none.</returns>
    public static RequestTrace? Of(HttpContext context)
    {
        if (Activity.Current is { } span)
        {
            return new RequestTrace(span.TraceId.ToHexString(), span.Recorded);
        }

        var caller = RequestRecord.Of(context).Caller;
        return caller.TraceId == default
            ? null
            : new RequestTrace(caller.TraceId.ToHexString(), (caller.TraceFlags & ActivityTraceFlags.Recorded) != 0);
    }
}
