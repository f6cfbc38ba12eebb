namespace Bookinfo.Verification;

/// <summary>Whether the spans of a trace hang together as they must.</summary>
internal static class TraceShape
{
    /// <summary>
    /// The spans that are below one that they cannot be below: a request is below the try that sent it, or below the visitor; a try is
    /// below a request of its own service.
    /// </summary>
    /// <param name="trace">What the request must have left.</param>
    /// <param name="spans">The spans of the trace, each once.</param>
    /// <param name="mayBeOrphans">Whether spans are missing, so that others may be below one of those.</param>
    public static IEnumerable<SeenSpan> FindMisplaced(ExpectedTrace trace, IReadOnlyList<SeenSpan> spans, bool mayBeOrphans)
    {
        var visitor = SpanIds.Span(trace.ParentId);
        foreach (var span in spans)
        {
            if (span.Key is null)
            {
                continue;
            }

            var parent = FindParent(spans, span, visitor, out var isOrphan);
            if (!(isOrphan ? mayBeOrphans : IsBelow(span.Key, parent?.Key, trace)))
            {
                yield return span;
            }
        }
    }

    /// <summary>The span that another one is below, those of sidecars and the like in between left aside.</summary>
    /// <param name="spans">The spans of the trace.</param>
    /// <param name="span">The span.</param>
    /// <param name="visitor">The span of whoever sent the request.</param>
    /// <param name="isOrphan">Whether it is below one that is not there.</param>
    /// <returns><see langword="null"/> when it is below the visitor, or below one that is not there.</returns>
    public static SeenSpan? FindParent(IReadOnlyList<SeenSpan> spans, SeenSpan span, ulong visitor, out bool isOrphan)
    {
        isOrphan = false;
        var above = span.ParentId;
        // As many steps as there are spans: ids may form a circle.
        for (var step = 0; step <= spans.Count && above != visitor; step++)
        {
            SeenSpan? found = null;
            foreach (var one in spans)
            {
                if (one.SpanId == above && one.SpanId != span.SpanId)
                {
                    found = one;
                    break;
                }
            }

            if (found is not { } parent)
            {
                isOrphan = true;
                return null;
            }

            if (parent.Key is not null)
            {
                return parent;
            }

            above = parent.ParentId;
        }

        return null;
    }

    private static bool IsBelow(ICountKey key, ICountKey? parent, ExpectedTrace trace) => (key, parent) switch
    {
        (ServedKey served, null) => served.Service == trace.Fate.Route?.Service || served.Service.Length == 0,
        (ServedKey served, TriedKey tried) => served.Service == tried.Peer || served.Service.Length == 0,
        (TriedKey tried, ServedKey served) => tried.Service == served.Service,
        _ => false,
    };
}
