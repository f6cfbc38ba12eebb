using Bookinfo.ToolTesting;

namespace Bookinfo.Measurement.Tests;

/// <summary>What <c>compare</c> makes of the processor time that services used.</summary>
public sealed class CpuComparisonTests
{
    [Fact]
    public void Processor_time_is_compared_by_service_and_in_all()
    {
        static StepMeasurement Sidecars(StepMeasurement step) => step with
        {
            Use = step.Use.ToDictionary(use => use.Key, use => use.Value with { SidecarCpuSeconds = 0.03, SidecarMemoryBytes = 60 << 20 }),
        };
        var report = Compare(CompareSample.Create(), CompareSample.Create(change: Sidecars));

        var rate = report.Rates[0];
        var all = rate.Find(FigureComparison.AllServices, FigureName.Cpu)!;
        Assert.True(all.IsShown);
        // 0.0306 s for 100 requests in the middle round, and 0.06 more.
        Assert.Equal(0.306, all.Before, 1e-9);
        Assert.Equal(0.6, all.Difference, 1e-9);
        Assert.Equal(0.3, rate.Find("details-v1", FigureName.Cpu)!.Difference, 1e-9);
        Assert.Equal(0.6, rate.Find(FigureComparison.AllServices, FigureName.SidecarCpu)!.After, 1e-9);
        Assert.Equal(60 << 20, rate.Find("details-v1", FigureName.Memory)!.Difference, 1e-3);
        Assert.False(rate.Find("details-v1", FigureName.Memory)!.IsTested);
        Assert.Equal("At 100/s: CPU for 1,000 pages +196%, of it +600 ms by sidecars.", report.Headline[0]);
    }

    [Fact]
    public void Processor_time_of_a_service_is_per_request_that_it_answered_and_of_all_services_per_page()
    {
        // A third of the pages needs ratings.
        static StepMeasurement Third(StepMeasurement step) => step with
        {
            Use = step.Use.ToDictionary(
                use => use.Key,
                use => use.Value with { Requests = use.Key == "ratings-v1" ? 25 : 100, IdleCpuSeconds = 0.001 }),
        };
        var baseline = CompareSample.Create(change: Third, rates: [100]);

        var report = Compare(baseline, baseline);

        var rate = Assert.Single(report.Rates);
        var ratings = rate.Find("ratings-v1", FigureName.Cpu)!;
        Assert.Equal(0.0093 / 25 * 1000, ratings.Before, 9);
        Assert.Equal(FigureComparison.Request, ratings.Per);
        var all = rate.Find(FigureComparison.AllServices, FigureName.Cpu)!;
        Assert.Equal((0.0193 + 0.0093) / 100 * 1000, all.Before, 9);
        Assert.Equal(FigureComparison.Page, all.Per);
        Assert.Null(rate.Find("ratings-v1", FigureName.Memory)!.Per);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public void Where_one_baseline_has_not_counted_requests_processor_time_is_per_page_in_both_and_told_so()
    {
        static StepMeasurement Old(StepMeasurement step) => step with
        {
            Use = step.Use.ToDictionary(
                use => use.Key, use => use.Value with { Requests = null, IdleCpuSeconds = null, IdleSidecarCpuSeconds = null }),
        };
        static StepMeasurement New(StepMeasurement step) => step with
        {
            Use = step.Use.ToDictionary(use => use.Key, use => use.Value with { Requests = 25, IdleCpuSeconds = 0.004 }),
        };

        var report = Compare(CompareSample.Create(rates: [100], change: Old), CompareSample.Create(rates: [100], change: New));

        var ratings = report.Rates[0].Find("ratings-v1", FigureName.Cpu)!;
        Assert.Equal((0, FigureComparison.Page), (Math.Round(ratings.Difference, 9), ratings.Per));
        Assert.Equal(
            ["CPU includes what the services use when idle, because not both baselines have measured that."], report.Warnings);
        Assert.Contains(ComparisonText.Lines(report, all: true), line => line.StartsWith("cpu/page ratings-v1 ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_round_in_which_the_use_of_a_service_is_not_known_is_in_no_sum()
    {
        static StepMeasurement Without(StepMeasurement step) =>
            step.Round != 1 ? step : step with { Use = step.Use.Where(use => use.Key != "details-v1").ToDictionary() };
        var values = new RoundValues(CompareSample.Create(change: Without), 100);

        Assert.Equal((4, 4, 5), (Count(FigureComparison.AllServices), Count("details-v1"), Count("ratings-v1")));

        int Count(string service) => values.Use(service, FigureName.Cpu, new CpuBasis(IsOwn: false, IsNet: true)).Count;
    }

    [Theory]
    // The second system compiles a fifth of the time, and takes twice the CPU: which may be just that.
    [InlineData(0.0, 0.2, 2, Verdict.Inconclusive, "JIT still compiling after")]
    [InlineData(0.2, 0.01, 0.5, Verdict.Inconclusive, "JIT still compiling before")]
    // As much in both, or too little, or in the one that takes less.
    [InlineData(0.2, 0.2, 2, Verdict.Greater, null)]
    [InlineData(0.0, 0.01, 2, Verdict.Greater, null)]
    [InlineData(0.2, 0.0, 2, Verdict.Greater, null)]
    // Files from before this was measured.
    [InlineData(null, null, 2, Verdict.Greater, null)]
    [InlineData(null, 0.2, 2, Verdict.Inconclusive, "JIT still compiling after")]
    public void A_difference_that_may_come_from_warming_up_is_inconclusive(
        double? before, double? after, double times, Verdict verdict, string? reason)
    {
        Func<StepMeasurement, StepMeasurement> Compiles(double? share, double factor) => step => step with
        {
            Use = step.Use.ToDictionary(
                use => use.Key,
                use => use.Value with
                {
                    CpuSeconds = factor * use.Value.CpuSeconds,
                    CompileSeconds = share * factor * use.Value.CpuSeconds,
                }),
        };
        var report = Compare(
            CompareSample.Create(rates: [100], change: Compiles(before, 1)),
            CompareSample.Create(rates: [100], change: Compiles(after, times)));

        Assert.All(
            new[] { FigureComparison.AllServices, "details-v1" }.Select(service => report.Rates[0].Find(service, FigureName.Cpu)!),
            figure => Assert.Equal((verdict, reason), (figure.Verdict, figure.Reason)));
        Assert.Equal(
            reason is not null,
            ComparisonText.Lines(report, all: true).Any(line => line.EndsWith($"inconclusive: {reason}", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_baseline_notes_who_was_still_warming_up()
    {
        static StepMeasurement Compiles(StepMeasurement step) => step with
        {
            Use = step.Use.ToDictionary(
                use => use.Key, use => use.Value with { CompileSeconds = use.Key == "details-v1" ? 0.3 * use.Value.CpuSeconds : 0 }),
        };

        Assert.StartsWith(
            "Still warming up while they were measured: details-v1. The JIT took up to 30% of their CPU,",
            Compiling.Note(CompareSample.Create(change: Compiles).Steps));
        Assert.Null(Compiling.Note(CompareSample.Create().Steps));
    }

    [Fact]
    public void Without_processor_times_there_are_none()
    {
        static StepMeasurement Without(StepMeasurement step) => step with { Use = new Dictionary<string, UseMeasurement>() };
        var report = Compare(CompareSample.Create(), CompareSample.Create(change: Without));

        Assert.DoesNotContain(report.Rates[0].Figures, figure => figure.Figure is FigureName.Cpu or FigureName.Memory);
    }

    private static ComparisonReport Compare(BaselineFile before, BaselineFile after) => Comparison.Of(before, "a.json", after, "b.json");
}
