namespace Bookinfo.Verification;

/// <summary>A span, as a platform shows it.</summary>
/// <param name="TraceId">The trace that it is in. One that is shown with 64 bits has zeros in front.</param>
/// <param name="SpanId">Its own id.</param>
/// <param name="ParentId">The span that it is below; 0 for none.</param>
/// <param name="Key">
/// What it is about: a <see cref="ServedKey"/> for a request served, a <see cref="TriedKey"/> for a try of a call; <see langword="null"/>
/// for anything else, such as a span of a sidecar.
/// </param>
/// <param name="Start">When it began, in nanoseconds since 1970-01-01 UTC.</param>
/// <param name="End">When it ended, likewise.</param>
public readonly record struct SeenSpan(UInt128 TraceId, ulong SpanId, ulong ParentId, ICountKey? Key, long Start, long End)
{
    /// <summary>What else it says; <see langword="null"/> unless <see cref="SpanKeys"/> was told to remember it.</summary>
    public SpanText? Text { get; init; }
}
