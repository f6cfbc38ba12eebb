namespace Bookinfo.Contracts;

/// <summary>
/// The request headers that every service passes on to the services it calls, so that a mesh can join its spans into one trace, route
/// by user, and follow one request through the logs. Code and tests both use this list.
/// </summary>
public static class ForwardedHeaders
{
    /// <summary>
    /// The header by which meshes route on the signed-in user. productpage sets it from the session and never takes it from a visitor.
    /// </summary>
    public const string EndUser = "end-user";

    /// <summary>
    /// The headers that carry the position in a trace in the formats that our own tracing understands (W3C Trace Context and Zipkin's B3).
    /// Without tracing they are passed on byte for byte; with tracing they are written from our own spans.
    /// </summary>
    public static IReadOnlyList<string> TraceContext { get; } =
    [
        "traceparent", "tracestate",
        "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags",
    ];

    /// <summary>
    /// Headers about the visitor, which stay between our services: they are never sent to a third party, such as the external book service
    /// (which would refuse a request with someone else's <c>authorization</c> anyway).
    /// </summary>
    public static IReadOnlyList<string> Personal { get; } = [EndUser, "cookie", "authorization", "jwt"];

    /// <summary>All headers that are passed on when present, in lower case.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "x-request-id", "x-ot-span-context",
        "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority",
        "x-cloud-trace-context", "grpc-trace-bin", "sw8",
        .. TraceContext,
        "baggage", "user-agent",
        .. Personal,
    ];
}
