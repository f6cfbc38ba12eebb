using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>Compares systems that were measured in turns.</summary>
public static class PairedComparison
{
    /// <summary>A percentile is tested only if at least so many requests lie above it, in all rounds together.</summary>
    private const double FewestAbove = 10;

    /// <summary>Compares the two systems of a file, and the control with the first where there is one.</summary>
    /// <param name="file">What was measured.</param>
    /// <param name="path">The file that it was read from, or is written to.</param>
    public static ComparisonReport Of(PairedFile file, string path)
    {
        var (before, after) = (file.Before, file.After);
        // The steps of an interrupted round may have no pairs.
        var paired = file.Pairs.Select(step => step.Rate);
        var rates = Comparability.Rates(before).Intersect(Comparability.Rates(after)).Intersect(paired).ToList();
        var compared = Comparison.Judge(rates.Select(rate => (rate, Draft(file, after, static step => step.After, rate))), before, after);
        if (file.Control is { } control)
        {
            // Judged separately: the control does not count among the tests, but shows what no difference looks like.
            var same = Comparison.Judge(
                rates.Select(rate => (rate, Draft(file, control, static step => step.Control!, rate))), before, control);
            compared =
            [
                .. compared.Zip(same, (rate, other) => rate with
                {
                    Figures = [.. rate.Figures.Select(figure => figure with { Control = other.Find(figure.Subject, figure.Figure) })],
                }),
            ];
        }

        return new ComparisonReport(
            ComparisonReport.CurrentVersion,
            ProgramVersion.Text,
            // Both have the name of the file, so they are called by their addresses.
            Comparison.Describe(before, path) with { Name = before.Settings.Target },
            Comparison.Describe(after, path) with { Name = after.Settings.Target },
            InTurns: true,
            ComparisonText.LimitsOfTurns + (file.Restarted
                ? " They were restarted between rounds."
                : " They were not restarted between rounds, so ± does not include what differs from one start to the next."),
            ComparisonHeadline.Of(compared),
            [.. Comparability.Warnings(before, after), .. ControlWarnings(compared), .. rates.SelectMany(rate => AloneNote(file, rate))],
            Comparison.Confidence,
            Comparison.CountTests(compared),
            compared,
            Comparison.Services(before, after),
            []);
    }

    private static IEnumerable<FigureDraft> Draft(
        PairedFile file, BaselineFile other, Func<PairedStep, IReadOnlyDictionary<string, PairedDifference>> pairs, double rate)
    {
        var steps = file.Pairs.Where(step => step.Rate == rate).Select(pairs).ToList();
        var (before, after) = (new RoundValues(file.Before, rate), new RoundValues(other, rate));
        foreach (var measure in Measure.InOrder(steps.SelectMany(step => step.Keys)).Where(measure => measure != Measure.PageFromSend))
        {
            var rounds = steps.Where(step => step.ContainsKey(measure)).Select(step => step[measure]).ToList();
            foreach (var figure in FigureName.OfPairs)
            {
                var differences = rounds.Select(round => Read(round, figure)).OfType<double>().ToList();
                var above = rounds.Sum(round => round.Pairs) * (FigureName.ShareAbove(figure) ?? 1);
                if (differences.Count == 0)
                {
                    continue;
                }

                yield return Draft(
                    measure, figure, before.Latency(measure, figure), after.Latency(measure, figure), differences,
                    differences.Count < rounds.Count || above < FewestAbove ? "too few requests" : null);
            }
        }

        var pairsOfRounds = file.Pairs.Where(step => step.Rate == rate)
            .Select(step => (new RoundValues(file.Before, rate, step.Round), new RoundValues(other, rate, step.Round)))
            .ToList();
        IReadOnlyList<double> Rounds(Func<RoundValues, IReadOnlyList<double>> read) =>
        [
            .. pairsOfRounds.Select(round => (read(round.Item1), read(round.Item2)))
                .Where(pair => pair is ({ Count: 1 }, { Count: 1 }))
                .Select(pair => pair.Item2[0] - pair.Item1[0]),
        ];
        yield return Draft(
            Measure.Page, FigureName.Errors, before.Errors, after.Errors, Rounds(static round => round.Errors), null,
            RoundValues.VarianceOfErrors(before, after));
        foreach (var use in RoundValues.OfBoth(before, after))
        {
            if (Rounds(round => round.Use(use.Service, use.Figure, use.Basis)) is { Count: > 0 } differences)
            {
                var whyNot = FigureName.WhyNotTested(use.Figure);
                var draft = Draft(use.Service, use.Figure, use.Before, use.After, differences, whyNot);
                yield return draft with { Per = use.Per, Doubt = use.Doubt(draft.Difference) };
            }
        }
    }

    private static FigureDraft Draft(
        string subject, string figure, IReadOnlyList<double> before, IReadOnlyList<double> after, IReadOnlyList<double> differences,
        string? whyNot, double leastVariance = 0)
    {
        var (first, second) = (RoundSample.Of(before).Mean, RoundSample.Of(after).Mean);
        var test = whyNot is null ? FigureTest.OfPairs(differences, leastVariance) : null;
        return new FigureDraft(
            subject, figure, first, second, differences.Average(), test, 0, "", DifferenceThatMatters.Of(figure, first, 0),
            whyNot ?? (test is null ? "too few rounds" : null));
    }

    private static double? Read(PairedDifference difference, string figure) => figure switch
    {
        FigureName.P50 => difference.P50,
        FigureName.P90 => difference.P90,
        _ => difference.P99,
    };

    /// <summary>Warns if the control differs from the first system: then something else than the change makes a difference, too.</summary>
    private static IEnumerable<string> ControlWarnings(IEnumerable<RateComparison> compared) =>
        from rate in compared
        let differing = rate.Figures.Where(figure => figure.Control is { IsShown: true }).Select(FigureText.Name).ToList()
        where differing.Count > 0
        select $"At {Figures.Rate(rate.Rate)}/s the control differs from the first system as well ({string.Join(", ", differing)}), "
            + "although they should be the same: the difference of the second system may not come from the change, either.";

    /// <summary>Warns if the first system is faster or slower beside the others than alone.</summary>
    private static IEnumerable<string> AloneNote(PairedFile file, double rate)
    {
        var rounds = file.Pairs.Where(step => step.Rate == rate && step.Alone.ContainsKey(Measure.Page))
            .Select(step => step.Alone[Measure.Page])
            .ToList();
        if (FigureTest.OfPairs(rounds) is { } test && Math.Abs(test.Difference) > test.Reach(Comparison.Confidence))
        {
            var reach = test.Reach(Comparison.Confidence);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"At {Figures.Rate(rate)}/s the first system takes {Math.Abs(test.Difference) / 1e3:0.00} ±{reach / 1e3:0.00} ms "
                + $"{(test.Difference > 0 ? "longer" : "less")} at the page's p50 beside the others than alone: the systems "
                + $"compete for processors, or keep them awake for each other.");
        }
    }
}
