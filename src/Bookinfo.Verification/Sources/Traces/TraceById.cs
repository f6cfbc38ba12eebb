using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>
/// Whether a platform shows the same trace when it is asked by its id: that is another way through it, which may lose what search finds.
/// </summary>
internal static class TraceById
{
    /// <summary>How many traces are asked for, spread over the run.</summary>
    private const int Most = 50;

    private const int MostExamples = 5;

    /// <summary>Asks.</summary>
    /// <param name="store">The platform.</param>
    /// <param name="tally">What was read in the other way.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="null"/> for a platform that has no such way.</returns>
    public static async Task<CheckResult?> CheckAsync(
        ISpanStore store, TraceTally tally, CancellationToken cancellationToken)
    {
        const string Name = "traces by id";
        var step = Math.Max(1, tally.Present / Most);
        var (asked, same) = (0L, 0L);
        var examples = new List<string>();
        for (var index = 0; index < tally.Present; index += step)
        {
            var id = tally.PresentIds[index].ToString("x32", CultureInfo.InvariantCulture);
            if (await store.FindAsync(id, cancellationToken) is not { } spans)
            {
                return null;
            }

            asked++;
            var (seen, expected) = (spans.DistinctBy(span => span.SpanId).Count(), tally.SpansOf(index));
            if (seen == expected)
            {
                same++;
            }
            else if (examples.Count < MostExamples)
            {
                examples.Add($"trace {id}: {seen} spans by its id, {expected} otherwise");
            }
        }

        return new CheckResult(Name)
        {
            Expected = CountRange.Exactly(asked),
            Seen = same,
            Findings = same == asked ? [] :
            [
                new Finding(FindingKind.NotById, "id", FormattableString.Invariant(
                    $"{asked - same:N0} of {asked:N0} traces that were asked for by id have another number of spans."))
                {
                    Count = asked - same,
                    Examples = examples,
                },
            ],
        };
    }
}
