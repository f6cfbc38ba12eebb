using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>Compares two baselines.</summary>
public static class Comparison
{
    /// <summary>The confidence with which the intervals of all tested figures hold together.</summary>
    public const double Confidence = 0.95;

    /// <summary>With fewer rounds than this, a difference cannot be distinguished from chance.</summary>
    private const int FewestRounds = 2;

    /// <summary>Compares two baselines that were measured one after the other.</summary>
    /// <param name="before">The earlier baseline.</param>
    /// <param name="beforeFile">The file that it was read from.</param>
    /// <param name="after">The later baseline.</param>
    /// <param name="afterFile">The file that it was read from.</param>
    /// <exception cref="OperationFailedException">They have no rate in common.</exception>
    public static ComparisonReport Of(BaselineFile before, string beforeFile, BaselineFile after, string afterFile)
    {
        IReadOnlyList<double> rates = [.. Comparability.Rates(before).Intersect(Comparability.Rates(after))];
        if (rates.Count == 0)
        {
            throw new OperationFailedException(
                FailureKind.InvalidRequest,
                $"the baselines have no rate in common: '{beforeFile}' has {Comparability.RatesText(before)}, '{afterFile}' "
                + $"{Comparability.RatesText(after)}. Measure one of them again with --rates.");
        }

        var drafts = rates.Select(rate => (rate, Draft(new RoundValues(before, rate), new RoundValues(after, rate))));
        var compared = Judge(drafts, before, after);
        return new ComparisonReport(
            ComparisonReport.CurrentVersion,
            ProgramVersion.Text,
            Describe(before, beforeFile),
            Describe(after, afterFile),
            InTurns: false,
            ComparisonText.LimitsOfTwoRuns,
            ComparisonHeadline.Of(compared),
            [
                .. Comparability.Warnings(before, after),
                .. compared.Where(rate => Math.Min(rate.RoundsBefore, rate.RoundsAfter) < FewestRounds).Select(Untestable),
            ],
            Confidence,
            CountTests(compared),
            compared,
            Services(before, after),
            []);
    }

    /// <summary>Judges all figures together.</summary>
    /// <param name="drafts">The figures at each rate.</param>
    /// <param name="before">The first system.</param>
    /// <param name="after">The second.</param>
    internal static IReadOnlyList<RateComparison> Judge(
        IEnumerable<(double Rate, IEnumerable<FigureDraft> Figures)> drafts, BaselineFile before, BaselineFile after)
    {
        var all = drafts.Select(draft => (draft.Rate, Figures: draft.Figures.ToList())).ToList();
        var tests = all.Sum(draft => draft.Figures.Count(figure => figure.IsTested));
        return
        [
            .. all.Select(draft => new RateComparison(
                draft.Rate,
                new RoundValues(before, draft.Rate).Count,
                new RoundValues(after, draft.Rate).Count,
                [.. draft.Figures.Select(figure => figure.Judge(tests, Confidence))])),
        ];
    }

    /// <summary>Describes a baseline that is compared.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="file">The file that it was read from.</param>
    internal static ComparedBaseline Describe(BaselineFile baseline, string file) =>
        new(file, baseline.Name, baseline.Program, baseline.StartedAt, baseline.Settings.Target, baseline.Environment.Mesh);

    /// <summary>The services that both have.</summary>
    /// <param name="before">The first system.</param>
    /// <param name="after">The second.</param>
    internal static IReadOnlyList<ServiceComparison> Services(BaselineFile before, BaselineFile after) =>
        [.. before.Services.Join(after.Services, service => service.Name, service => service.Name, Describe)];

    /// <summary>How many figures are tested.</summary>
    /// <param name="rates">The figures at each rate.</param>
    internal static int CountTests(IEnumerable<RateComparison> rates) => rates.Sum(rate => rate.Figures.Count(figure => figure.IsTested));

    private static IEnumerable<FigureDraft> Draft(RoundValues before, RoundValues after)
    {
        foreach (var measure in before.Measures.Intersect(after.Measures).Where(measure => measure != Measure.PageFromSend))
        {
            foreach (var figure in FigureName.OfLatency)
            {
                var first = before.Latency(measure, figure);
                var delay = Math.Max(Mean(before.GeneratorDelay(figure)), Mean(after.GeneratorDelay(figure)));
                var least = SmallestDifference.OfLatency(figure, Mean(first));
                var whyNot = figure == FigureName.Mean ? "a few slow requests decide it"
                    : before.HasPercentile(measure, figure) && after.HasPercentile(measure, figure) ? null
                    : "too few requests";
                yield return Draft(measure, figure, first, after.Latency(measure, figure), least, whyNot, generatorDelay: delay);
            }
        }

        yield return Draft(
            Measure.Page, FigureName.Errors, before.Errors, after.Errors, SmallestDifference.Errors, null,
            RoundValues.VarianceOfErrors(before, after));
        yield return Draft(Measure.Page, FigureName.Achieved, before.Achieved, after.Achieved, 0, "it follows from the rate asked for");

        foreach (var use in RoundValues.OfBoth(before, after))
        {
            var draft = Draft(
                use.Service, use.Figure, use.Before, use.After, SmallestDifference.Cpu * Mean(use.Before),
                FigureName.WhyNotTested(use.Figure));
            yield return draft with { Per = use.Per, Doubt = use.Doubt(draft.Difference) };
        }
    }

    /// <param name="subject">What the figure describes: a latency or a service.</param>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    /// <param name="before">One value for each round before.</param>
    /// <param name="after">Likewise after.</param>
    /// <param name="least">What two runs of one system may differ by.</param>
    /// <param name="whyNot">Why it is not tested; <see langword="null"/> if it is.</param>
    /// <param name="leastVariance">As in <see cref="FigureTest.OfTwo"/>.</param>
    /// <param name="generatorDelay">
    /// How late the generator was at the same percentile, in the baseline in which it was later. It only has to be woken, so this is how
    /// long a thread that is woken waits for a processor, and each hop wakes several threads.
    /// </param>
    private static FigureDraft Draft(
        string subject, string figure, IReadOnlyList<double> before, IReadOnlyList<double> after, double least, string? whyNot,
        double leastVariance = 0, double generatorDelay = 0)
    {
        var first = RoundSample.Of(before);
        var second = RoundSample.Of(after);
        var test = whyNot is null ? FigureTest.OfTwo(first, second, leastVariance) : null;
        return new FigureDraft(
            subject, figure, first.Mean, second.Mean, second.Mean - first.Mean, test, Math.Max(least, generatorDelay),
            generatorDelay > least ? "generator late" : "two runs differ by as much", DifferenceThatMatters.Of(figure, first.Mean, least),
            whyNot ?? (test is null ? "too few rounds" : null));
    }

    private static double Mean(IReadOnlyCollection<double> rounds) => RoundSample.Of(rounds).Mean;

    private static ServiceComparison Describe(ServiceFacts before, ServiceFacts after)
    {
        static double? Mean(IReadOnlyList<double> seconds) => seconds.Count == 0 ? null : seconds.Average();
        return new ServiceComparison(
            before.Name, Mean(before.StartUpSeconds), Mean(after.StartUpSeconds), before.ImageBytes, after.ImageBytes, before.Sidecars,
            after.Sidecars);
    }

    private static string Untestable(RateComparison rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"No test is possible at {Figures.Rate(rate.Rate)}/s: it takes two rounds in each baseline, but there are {rate.RoundsBefore} and "
        + $"{rate.RoundsAfter}. The differences may be chance.");
}
