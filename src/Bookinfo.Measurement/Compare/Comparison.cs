using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>Compares two baselines.</summary>
public static class Comparison
{
    /// <summary>The confidence level of each interval.</summary>
    public const double Confidence = 0.95;

    /// <summary>
    /// The significance level of all tests together: the probability that any difference is shown although none is large enough to count.
    /// </summary>
    public const double Level = 0.05;

    /// <summary>With fewer rounds than this, a difference cannot be told from chance.</summary>
    private const int FewestRounds = 2;

    /// <summary>Compares two baselines.</summary>
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

        var drafts = rates.Select(
            rate => (Rate: rate, Figures: Draft(new RoundValues(before, rate), new RoundValues(after, rate)).ToList())).ToList();
        var pValues = drafts.SelectMany(draft => draft.Figures).Select(figure => figure.PValue).OfType<double>().ToList();
        var corrected = new Queue<double>(HolmCorrection.Adjust(pValues));
        FigureComparison Correct(FigureComparison figure) =>
            figure.IsTested && corrected.Dequeue() is var value ? figure with { PValue = value, Shown = value < Level } : figure;
        IReadOnlyList<RateComparison> compared =
        [
            .. drafts.Select(draft => new RateComparison(
                draft.Rate,
                new RoundValues(before, draft.Rate).Count,
                new RoundValues(after, draft.Rate).Count,
                [.. draft.Figures.Select(Correct)])),
        ];
        return new ComparisonReport(
            ComparisonReport.CurrentVersion,
            ProgramVersion.Text,
            Describe(before, beforeFile),
            Describe(after, afterFile),
            ComparisonHeadline.Of(compared),
            [
                .. Comparability.Warnings(before, after),
                .. compared.Where(rate => Math.Min(rate.RoundsBefore, rate.RoundsAfter) < FewestRounds).Select(Untestable),
            ],
            Confidence,
            Level,
            pValues.Count,
            compared,
            [.. before.Services.Join(after.Services, service => service.Name, service => service.Name, Describe)],
            []);
    }

    private static IEnumerable<FigureComparison> Draft(RoundValues before, RoundValues after)
    {
        foreach (var measure in before.Measures.Intersect(after.Measures).Where(measure => measure != Measure.PageFromSend))
        {
            foreach (var figure in FigureName.OfLatency)
            {
                var first = before.Latency(measure, figure);
                var delay = Math.Max(Mean(before.GeneratorDelay(figure)), Mean(after.GeneratorDelay(figure)));
                double? least = before.HasPercentile(measure, figure) && after.HasPercentile(measure, figure)
                    ? SmallestDifference.OfLatency(figure, Mean(first), delay)
                    : null;
                yield return Draft(measure, figure, first, after.Latency(measure, figure), least);
            }
        }

        // The variance of a share of so many requests has a lower bound, even if all rounds happen to have the same share.
        var share = (double)(before.Failed + after.Failed) / (before.Due + after.Due);
        var variance = share * (1 - share) * ((1.0 / before.Due) + (1.0 / after.Due)) * 100 * 100;
        yield return Draft(Measure.Page, FigureName.Errors, before.Errors, after.Errors, SmallestDifference.Errors, variance);
        yield return Draft(Measure.Page, FigureName.Achieved, before.Achieved, after.Achieved, null);

        var services = before.Services.Intersect(after.Services).ToList();
        foreach (var service in services.Count > 1 ? [FigureComparison.AllServices, .. services] : services)
        {
            foreach (var figure in new[] { FigureName.Cpu, FigureName.SidecarCpu, FigureName.Memory })
            {
                var first = before.Use(service, figure);
                var second = after.Use(service, figure);
                if (first.Count > 0 && second.Count > 0
                    && (figure != FigureName.SidecarCpu || first.Concat(second).Any(value => value > 0)))
                {
                    yield return Draft(
                        service, figure, first, second, figure == FigureName.Cpu ? SmallestDifference.Cpu * Mean(first) : null);
                }
            }
        }
    }

    private static FigureComparison Draft(
        string subject, string figure, IReadOnlyList<double> before, IReadOnlyList<double> after, double? least, double leastVariance = 0)
    {
        var first = RoundSample.Of(before);
        var second = RoundSample.Of(after);
        var test = WelchTest.Of(first, second, leastVariance);
        var interval = test?.Interval(Confidence);
        var pValue = least is { } margin ? test?.PValue(margin) : null;
        return new FigureComparison(
            subject, figure, first.Mean, second.Mean, second.Mean - first.Mean, interval?.Low, interval?.High,
            pValue is null ? null : least, pValue, Shown: false);
    }

    private static double Mean(IReadOnlyCollection<double> rounds) => RoundSample.Of(rounds).Mean;

    private static ComparedBaseline Describe(BaselineFile baseline, string file) =>
        new(file, baseline.Name, baseline.Program, baseline.StartedAt, baseline.Settings.Target, baseline.Environment.Mesh);

    private static ServiceComparison Describe(ServiceFacts before, ServiceFacts after)
    {
        static double? Mean(IReadOnlyList<double> seconds) => seconds.Count == 0 ? null : seconds.Average();
        return new ServiceComparison(
            before.Name, Mean(before.StartUpSeconds), Mean(after.StartUpSeconds), before.ImageBytes, after.ImageBytes, before.Sidecars,
            after.Sidecars);
    }

    private static string Untestable(RateComparison rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"No test is possible at {Figures.Rate(rate.Rate)}/s: it takes two rounds in each baseline, and there are {rate.RoundsBefore} and "
        + $"{rate.RoundsAfter}. The differences may be chance.");
}
