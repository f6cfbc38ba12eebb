using System.Globalization;
using Bookinfo.Measurement;

namespace Bookinfo.Verification;

/// <summary>Makes from what was found about traces what the report says of them.</summary>
internal static class TraceChecks
{
    /// <summary>The checks.</summary>
    /// <param name="tally">What was found.</param>
    /// <param name="sampling">Which share of the traces is to be taken.</param>
    public static IEnumerable<CheckResult> Of(TraceTally tally, double sampling) =>
    [
        Traces(tally, sampling),
        Spans<ServedKey>("server spans", tally, tally.ServedExpected, tally.Served),
        Spans<TriedKey>("client spans", tally, tally.TriedExpected, tally.Tried),
        Trees(tally),
        Durations(tally),
        Clocks(tally),
    ];

    private static CheckResult Traces(TraceTally tally, double sampling)
    {
        var findings = new List<Finding>();
        var cut = tally[FindingKind.IdCut];
        if (cut.Count > 0)
        {
            findings.Add(new Finding(FindingKind.IdCut, "trace id", FormattableString.Invariant(
                $"Traces shown by the last 64 bits of their ids: {cut.Count:N0}."))
            {
                Count = cut.Count,
                Examples = cut.Examples,
            });
        }

        var absent = tally.AbsentIds.Count;
        var known = tally.Present + absent;
        var expected = sampling == 1 ? tally.Expected : Sampler.Expect(known, sampling);
        var check = new CheckResult("traces") { Expected = expected, Seen = tally.Present + cut.Count };
        if (sampling == 1 ? absent == 0 : tally.Present >= expected.Low && tally.Present <= expected.High)
        {
            return check with { Findings = findings };
        }

        if (sampling == 1 && tally.OldestAreAbsent)
        {
            return check with
            {
                Findings = findings,
                NotChecked =
                [
                    FormattableString.Invariant(
                        $"Missing traces, all of them older than any that is there: {absent:N0}. The reason: {OldestAbsent.Why}"),
                ],
            };
        }

        var share = ShareEstimate.From(tally.Present, known);
        var sampler = Sampler.Find(tally.PresentIds, tally.AbsentIds);
        findings.Add(sampling < 1 || sampler is not null
            ? new Finding(FindingKind.SamplingRate, "sampling", string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * share.Share:0.0}% of the traces were taken ({100 * share.Low:0.0}% to {100 * share.High:0.0}% with 95% "
                + $"confidence), and {100 * sampling:0.##}% should have been")
                + (sampler is null ? "." : $"; a sampler has left out the others, by {sampler} of the id."))
            {
                Count = tally.Present,
            }
            : new Finding(FindingKind.TraceLost, "trace", FormattableString.Invariant($"Requests without any span: {absent:N0}")
                + (tally.Partial == 0 && absent > 1 ? "; all other traces are whole, as behind a sampler or a full queue." : "."))
            {
                Missing = absent,
                Examples = tally[FindingKind.TraceLost].Examples,
            });
        return check with { Findings = findings };
    }

    private static CheckResult Spans<TKey>(string name, TraceTally tally, CountRange expected, long seen)
    {
        var differences = tally.Differences<TKey>();
        var findings = LabelMistakes.Take(differences).ToList();
        findings.AddRange(differences.GroupBy(difference => difference.Missing > 0).OrderByDescending(kind => kind.Key).Select(kind =>
        {
            var count = kind.Sum(difference => difference.Missing + difference.Surplus);
            return kind.Key
                ? new Finding(FindingKind.SpanLost, "span", FormattableString.Invariant(
                    $"Missing spans of traces of which others are there: {count:N0}."))
                {
                    Missing = count,
                    Examples = Worst(kind),
                    LookAt = [.. tally[FindingKind.SpanLost].Examples.Take(2)],
                }
                : new Finding(FindingKind.Surplus, "span", FormattableString.Invariant(
                    $"Spans beyond those that the requests of their traces must have left: {count:N0}."))
                {
                    Surplus = count,
                    Examples = Worst(kind),
                    LookAt = [.. tally[FindingKind.Surplus].Examples.Take(2)],
                };
        }));
        return new CheckResult(name) { Expected = expected, Seen = seen, Findings = findings };
    }

    private static List<string> Worst(IEnumerable<Difference> differences) =>
    [
        .. differences.OrderByDescending(difference => difference.Missing + difference.Surplus).Take(5)
            .Select(difference => FormattableString.Invariant($"{difference.Key}: {difference.Missing + difference.Surplus:N0}")),
    ];

    private static CheckResult Trees(TraceTally tally)
    {
        var twice = tally[FindingKind.SpanTwice];
        var broken = tally[FindingKind.ParentBroken];
        return new CheckResult("span ids and parents")
        {
            Findings =
            [
                .. twice.Count == 0 ? Array.Empty<Finding>() :
                [
                    new Finding(
                        FindingKind.SpanTwice, "span", FormattableString.Invariant($"Spans that are there once more: {twice.Count:N0}."))
                    {
                        Surplus = twice.Count,
                        Examples = twice.Examples,
                    },
                ],
                .. broken.Count == 0 ? Array.Empty<Finding>() :
                [
                    new Finding(FindingKind.ParentBroken, "parent", FormattableString.Invariant(
                        $"Spans below one that they cannot be below, or below one that is not there: {broken.Count:N0}."))
                    {
                        Count = broken.Count,
                        Examples = broken.Examples,
                    },
                ],
            ],
        };
    }

    private static CheckResult Durations(TraceTally tally) => new("durations of requests")
    {
        Findings = tally.Times.Wrong <= tally.Times.Doubtful ? [] :
        [
            new Finding(FindingKind.WrongDuration, "duration", FormattableString.Invariant(
                $"{tally.Times.Wrong:N0} of {tally.Times.Count:N0} spans of requests last longer or shorter than they took."))
            {
                Count = tally.Times.Wrong,
                Examples = tally.Times.Examples,
            },
        ],
        NotChecked = tally.Times.Count == 0 && tally.Present > 0 ? ["No answer says in Server-Timing how long it took."] : [],
    };

    private static CheckResult Clocks(TraceTally tally) => new("clocks of services")
    {
        Findings =
        [
            .. tally.Clocks.Find().Select(skew => new Finding(FindingKind.ClockSkew, skew.Callee, string.Create(
                CultureInfo.InvariantCulture,
                $"The clock of {skew.Callee} is {Math.Abs(skew.Nanoseconds) / 1e6:0.0} ms (±{skew.Doubt / 1e6:0.0} ms) "
                + $"{(skew.Nanoseconds > 0 ? "ahead of" : "behind")} that of {skew.Caller}."))
            {
                Count = skew.Pairs,
            }),
        ],
        NotChecked = tally.Clocks.Count == 0 && tally.Present > 0 ? ["There are no calls whose both sides have spans."] : [],
    };
}
