namespace Bookinfo.Verification;

/// <summary>
/// Whether a platform shows the same trace when it is asked in another way: by its id, or by search. Each way may lose what the other one
/// finds.
/// </summary>
internal static class TraceOtherWay
{
    /// <summary>How many traces are asked for, spread over the run.</summary>
    private const int Most = 50;

    private const int MostExamples = 5;

    /// <summary>Asks for some of the traces in the other way, and compares how many spans they have.</summary>
    /// <param name="store">The platform.</param>
    /// <param name="reading">What was read in the usual way.</param>
    /// <param name="tally">What was found there.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="null"/> for a platform that has one way only.</returns>
    public static async Task<CheckResult?> CheckAsync(
        ISpanStore store, TraceReading reading, TraceTally tally, CancellationToken cancellationToken)
    {
        if (store.OtherWay is not { } way)
        {
            return null;
        }

        var step = Math.Max(1, tally.Present / Most);
        var (asked, same, open) = (0L, 0L, 0L);
        var examples = new List<string>();
        for (var index = 0; index < tally.Present; index += step)
        {
            var id = tally.PresentIds[index];
            var spans = reading.SpansOf(id);
            var found = await store.FindAsync(spans, cancellationToken);
            asked++;
            if (found.IsFound is not { } isFound)
            {
                open++;
            }
            else if (isFound && (found.Spans ?? spans.Count) == spans.Count)
            {
                same++;
            }
            else if (examples.Count < MostExamples)
            {
                examples.Add($"trace {SpanIds.Text(id)}: {found.Spans ?? 0} spans by {way}, {spans.Count} otherwise");
            }
        }

        var wrong = asked - open - same;
        return new CheckResult($"traces by {way}")
        {
            Expected = CountRange.Exactly(asked),
            Seen = same,
            Findings = wrong == 0 ? [] :
            [
                new Finding(way == "id" ? FindingKind.NotById : FindingKind.NotBySearch, way,
                    FormattableString.Invariant(
                        $"{wrong:N0} of {asked:N0} traces that were asked for by {way} ")
                    + "are not there, or not with as many spans.")
                {
                    Count = wrong,
                    Examples = examples,
                },
            ],
            NotChecked = open == 0 ? [] :
            [
                FormattableString.Invariant($"{open:N0} of {asked:N0} traces may be found by {way} or not: ")
                    + "the answers are as long as they may be, or the platform does not know the question.",
            ],
        };
    }
}
