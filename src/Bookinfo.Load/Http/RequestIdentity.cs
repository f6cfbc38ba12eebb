namespace Bookinfo.Load;

/// <summary>The trace context that a request is sent with (https://www.w3.org/TR/trace-context/).</summary>
/// <param name="TraceHigh">The first eight bytes of the trace id, the most significant first.</param>
/// <param name="TraceLow">Its last eight bytes.</param>
/// <param name="Span">The span id: the parent of the first span that the platform sees.</param>
public readonly record struct RequestIdentity(ulong TraceHigh, ulong TraceLow, ulong Span)
{
    /// <summary>The identity of an arrival.</summary>
    /// <param name="random">The numbers of the run.</param>
    /// <param name="index">The number of the arrival.</param>
    public static RequestIdentity Of(IndexedRandom random, long index) => new(
        random.Bits(RandomStream.TraceHigh, index),
        // Neither id may be all zeros; that is how the standard says that there is none.
        random.Bits(RandomStream.TraceLow, index) | 1,
        random.Bits(RandomStream.Span, index) | 1);

    /// <summary>The trace id as it is written in <c>traceparent</c>: 32 hexadecimal digits.</summary>
    public string TraceId => $"{TraceHigh:x16}{TraceLow:x16}";

    /// <summary>The span id as it is written there: 16 hexadecimal digits.</summary>
    public string SpanId => $"{Span:x16}";
}
