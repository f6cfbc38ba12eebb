namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>The flags of a <c>traceparent</c> (https://www.w3.org/TR/trace-context-2/#trace-flags).</summary>
[Flags]
internal enum TraceParentFlags : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The caller takes the trace.</summary>
    Sampled = 1,

    /// <summary>At least the right half of the trace's id was made by chance. Whoever continues the trace must say so as well.</summary>
    RandomTraceId = 2,

    /// <summary>All that level 2 knows. The others are not passed on, because nobody here knows whether they would still be true.</summary>
    Known = Sampled | RandomTraceId,
}
