using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.ToolTesting;

namespace Bookinfo.Measurement.Tests;

/// <summary>What <c>compare</c> makes of two baselines.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void A_delay_in_front_of_ratings_is_shown_where_it_is_waited_for_and_nowhere_else()
    {
        var report = Compare(CompareSample.Create(), CompareSample.Create(latency: CompareSample.Delayed));

        foreach (var rate in report.Rates)
        {
            foreach (var figure in rate.Figures.Where(figure => figure.Figure is FigureName.P50 or FigureName.P90 or FigureName.P99))
            {
                Assert.Equal(figure.Subject != HopMeasure.Details, figure.IsShown);
                Assert.Equal(figure.Subject == HopMeasure.Details ? 0 : 2000, figure.Difference, 5.0);
                Assert.InRange(figure.Difference, figure.Low!.Value, figure.High!.Value);
            }
        }

        Assert.StartsWith("At 100/s: the page takes 2.00 ms longer at p50 (+50%), ", report.Headline[0]);
        Assert.Contains("; by hop reviews->ratings +2.00 ms at p50, productpage->reviews +2.00 ms at p50.", report.Headline[0]);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public void A_baseline_and_its_comparison_tell_the_same_figure()
    {
        // One round in which the machine did something else, which a plain mean would have in it.
        var baseline = CompareSample.Create(
            latency: (round, measure) => CompareSample.Usual(round, measure) * (round == 3 ? 50 : 1),
            change: step => step.Round == 3 ? step with
            {
                Use = step.Use.ToDictionary(
                    use => use.Key, use => use.Value with { CpuSeconds = 9, Requests = 40, IdleCpuSeconds = 0.004 }),
            } : step with
            {
                Use = step.Use.ToDictionary(use => use.Key, use => use.Value with { Requests = 33, IdleCpuSeconds = 0.003 }),
            });

        var report = Compare(baseline, baseline);

        Assert.Equal(2, report.Rates.Count);
        foreach (var (rate, summary) in report.Rates.Zip(baseline.Summary))
        {
            double Figure(string subject, string figure) => rate.Figures.Single(
                one => one.Subject == subject && one.Figure == figure).Before;
            foreach (var (measure, latency) in summary.Latencies.Where(latency => latency.Key != Measure.PageFromSend))
            {
                Assert.Equal(latency.Mean.Mean, Figure(measure, FigureName.Mean));
                Assert.Equal(latency.P50.Mean, Figure(measure, FigureName.P50));
                Assert.Equal(latency.P99.Mean, Figure(measure, FigureName.P99));
            }

            foreach (var (service, use) in summary.Use)
            {
                Assert.Equal(use.OwnCpuPerThousand!.Mean, Figure(service, FigureName.Cpu));
                Assert.Equal(use.MemoryBytes.Mean, Figure(service, FigureName.Memory));
            }

            Assert.Equal(summary.Achieved.Mean, Figure(Measure.Page, FigureName.Achieved));
        }
    }

    [Fact]
    public void Of_the_same_system_nothing_is_shown()
    {
        var report = Compare(
            CompareSample.Create(), CompareSample.Create(latency: (round, measure) => CompareSample.Usual(6 - round, measure) + 100));

        Assert.Equal("No difference that matters.", Assert.Single(report.Headline));
        Assert.All(report.Rates.SelectMany(rate => rate.Figures).Where(figure => figure.IsTested), figure =>
            Assert.Equal(Verdict.Same, figure.Verdict));
        // Two rates with five latencies of three percentiles, errors, and the CPU of two services and of both.
        Assert.Equal(2 * ((5 * 3) + 1 + 3), report.Tests);
    }

    [Fact]
    public void What_gets_better_is_shown_as_well()
    {
        var report = Compare(CompareSample.Create(latency: CompareSample.Delayed), CompareSample.Create());

        var figure = report.Rates[0].Find(HopMeasure.Ratings, FigureName.P50)!;
        Assert.True(figure.IsShown);
        Assert.Equal(-2000, figure.Difference, 5.0);
        Assert.Contains("reviews->ratings -2.00 ms at p50", report.Headline[0]);
    }

    [Fact]
    public void A_round_in_which_the_machine_did_something_else_does_not_matter()
    {
        static long Stormy(int round, string measure) => CompareSample.Usual(round, measure) * (round == 2 ? 50 : 1);
        var report = Compare(CompareSample.Create(), CompareSample.Create(latency: Stormy));

        Assert.DoesNotContain(report.Rates.SelectMany(rate => rate.Figures), figure => figure.IsShown);
        Assert.InRange(report.Rates[0].Find(Measure.Page, FigureName.P50)!.Difference, 0, 50);
    }

    [Fact]
    public void A_percentile_that_no_request_of_a_round_lies_above_is_not_tested()
    {
        var report = Compare(
            CompareSample.Create(rates: [20, 1000]), CompareSample.Create(rates: [20, 1000], latency: CompareSample.Delayed));

        bool[] Tested(int rate) =>
        [
            .. new[] { FigureName.P50, FigureName.P90, FigureName.P99, FigureName.P999, FigureName.Mean }.Select(
                figure => report.Rates[rate].Find(Measure.Page, figure)!.IsTested),
        ];
        Assert.Equal([true, true, false, false, false], Tested(0));
        Assert.Equal([true, true, true, true, false], Tested(1));
        Assert.False(report.Rates[0].Find(Measure.Page, FigureName.P99)!.IsShown);
        Assert.Equal(2000, report.Rates[0].Find(Measure.Page, FigureName.P99)!.Difference, 20.0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_round_with_too_few_requests_for_a_percentile_is_enough(bool isBefore)
    {
        static StepMeasurement Few(StepMeasurement step) => step.Round != 3 ? step : step with
        {
            Latencies = step.Latencies.ToDictionary(
                latency => latency.Key, _ => BaselineSample.Latency(Enumerable.Repeat(4000L, 99))),
        };
        var few = CompareSample.Create(change: Few);

        var rate = (isBefore ? Compare(few, CompareSample.Create()) : Compare(CompareSample.Create(), few)).Rates[0];

        Assert.False(rate.Find(Measure.Page, FigureName.P99)!.IsTested);
        Assert.True(rate.Find(Measure.Page, FigureName.P90)!.IsTested);
    }

    [Fact]
    public void A_generator_that_waited_for_a_processor_raises_what_counts()
    {
        static StepMeasurement Late(StepMeasurement step) =>
            step with { Generator = step.Generator with { SchedulingDelay = new Percentiles(100, 3000, 3000, 3000, 3000, 3000, 3000) } };
        var report = Compare(CompareSample.Create(), CompareSample.Create(latency: CompareSample.Delayed, change: Late));

        Assert.DoesNotContain(report.Rates.SelectMany(rate => rate.Figures), figure => figure.IsShown);
        var figure = report.Rates[0].Find(HopMeasure.Ratings, FigureName.P50)!;
        Assert.Equal((3000, Verdict.Inconclusive, "generator late"), (figure.Least, figure.Verdict, figure.Reason));
    }

    [Theory]
    [InlineData(FigureName.P50, 10_000, 1500)]
    [InlineData(FigureName.P50, 100, 200)]
    [InlineData(FigureName.P99, 10_000, 3000)]
    [InlineData(FigureName.P99, 100, 500)]
    public void What_two_runs_of_one_system_may_differ_by(string figure, double before, double least) =>
        Assert.Equal(least, SmallestDifference.OfLatency(figure, before), 1e-9);

    [Theory]
    [InlineData(1, false)]
    [InlineData(20, true)]
    public void Errors_are_shown_when_they_are_more_than_chance(int failed, bool shown)
    {
        StepMeasurement Failing(StepMeasurement step) =>
            step with { Requests = step.Requests with { Failed = failed, Good = step.Requests.Good - failed } };
        var report = Compare(CompareSample.Create(rates: [200]), CompareSample.Create(rates: [200], change: Failing));

        // In all rounds the same, which is luck: by the rounds alone even one would be certain.
        var errors = report.Rates[0].Find(Measure.Page, FigureName.Errors)!;
        Assert.Equal(failed / 2.0, errors.Difference, 1e-9);
        Assert.Equal(shown, errors.IsShown);
        Assert.StartsWith(shown ? "At 200/s: errors +10.0 percentage points." : "Inconclusive: 1 of ", report.Headline[0]);
        Assert.Equal(shown ? Verdict.Greater : Verdict.Inconclusive, errors.Verdict);
    }

    [Fact]
    public void Only_the_rates_that_both_have_are_compared()
    {
        var report = Compare(CompareSample.Create(rates: [50, 100, 200]), CompareSample.Create(rates: [100, 200, 400]));

        Assert.Equal([100, 200], report.Rates.Select(rate => rate.Rate));
        Assert.Equal(
            ["The baseline before has 50, 100, 200/s, the one after 100, 200, 400/s: only rates that both have are compared."],
            report.Warnings);
    }

    [Fact]
    public void Without_a_rate_in_common_it_says_which_there_are()
    {
        var failure = Assert.Throws<OperationFailedException>(
            () => Compare(CompareSample.Create(rates: [50]), CompareSample.Create(rates: [100, 200])));

        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.Equal(
            "the baselines have no rate in common: 'a.json' has 50/s, 'b.json' 100, 200/s. Measure one of them again with --rates.",
            failure.Message);
    }

    [Fact]
    public void A_rate_at_which_nothing_fell_due_is_no_rate()
    {
        static StepMeasurement Nothing(StepMeasurement step) => step.Rate > 50
            ? step
            : step with { Requests = new RequestCounts(0, 0, 0, 0, 0, 0, 0, 0), Latencies = new Dictionary<string, LatencyMeasurement>() };
        var report = Compare(CompareSample.Create(rates: [50, 100]), CompareSample.Create(rates: [50, 100], change: Nothing));

        Assert.Equal(100, Assert.Single(report.Rates).Rate);
        Assert.Equal(["The baseline before has 50, 100/s, the one after 100/s: only rates that both have are compared."], report.Warnings);
    }

    [Fact]
    public void Interrupted_steps_do_not_count()
    {
        var report = Compare(
            CompareSample.Create(), CompareSample.Create(latency: (round, measure) =>
                CompareSample.Usual(round, measure) * (round > 3 ? 9 : 1), change: step => step with { Interrupted = step.Round > 3 }));

        Assert.All(report.Rates, rate => Assert.Equal((5, 3), (rate.RoundsBefore, rate.RoundsAfter)));
        Assert.DoesNotContain(report.Rates.SelectMany(rate => rate.Figures), figure => figure.IsShown);
    }

    [Fact]
    public void With_one_round_there_is_no_test()
    {
        var report = Compare(CompareSample.Create(rounds: 1), CompareSample.Create(latency: CompareSample.Delayed));

        Assert.Equal(["No test was possible."], report.Headline);
        Assert.Equal(0, report.Tests);
        Assert.Equal(2, report.Warnings.Count);
        Assert.StartsWith("No test is possible at 100/s: it takes two rounds in each baseline, but there are 1 and 5.", report.Warnings[0]);
        Assert.Equal(2000, report.Rates[0].Find(HopMeasure.Ratings, FigureName.P50)!.Difference, 30.0);
        Assert.All(
            report.Rates[0].Figures, figure => Assert.Equal((null, null, Verdict.NotTested), (figure.Low, figure.High, figure.Verdict)));
        Assert.Equal("too few rounds", report.Rates[0].Find(Measure.Page, FigureName.P50)!.Reason);
    }

    [Fact]
    public void Whatever_else_differs_is_told()
    {
        foreach (var (warning, change) in Differences())
        {
            Assert.Equal([warning], Compare(CompareSample.Create() with { Setup = Usual }, change(CompareSample.Create())).Warnings);
        }
    }

    [Fact]
    public void A_mesh_another_host_and_another_seed_are_what_one_compares()
    {
        var after = With(CompareSample.Create(), settings => settings with { Target = "http://gateway/productpage", Seed = 7 });
        after = after with { Environment = after.Environment with { Mesh = ["istio"] } };

        var report = Compare(CompareSample.Create(), after);

        Assert.Empty(report.Warnings);
        Assert.Equal(["istio"], report.After.Mesh);
    }

    [Fact]
    public void Warnings_of_the_generator_are_told_once_with_their_number()
    {
        var report = Compare(
            CompareSample.Create(),
            CompareSample.Create(
                change: step => step.Round > 3 ? step : step with { Warnings = [new LoadWarning("generator-late", "It was late.")] }));

        Assert.Equal(["6 of 10 steps of the baseline after have a warning (generator-late): It was late."], report.Warnings);
    }

    [Fact]
    public void Faults_that_only_one_had_are_told()
    {
        var (before, after) = (CompareSample.Create(), CompareSample.Create());
        var fault = new ActiveFault("ratings-v1", "delay", "delay");

        Assert.Contains(
            "Different faults: none before, delay of ratings-v1 after.",
            Comparison.Of(before.With((IReadOnlyList<ActiveFault>)[]), "a", after.With([fault]), "b").Warnings);
        // Of an address it is not known whether there were any.
        Assert.Empty(Comparison.Of(before, "a", after.With([fault]), "b").Warnings);
    }

    private static IReadOnlyList<ServiceSetup> Usual =>
        [new ServiceSetup("productpage-v1", null, null, new Dictionary<string, string>(), null, null)];

    private static Dictionary<string, string> Flood => new() { ["FLOOD_FACTOR"] = "10" };

    private static ComparisonReport Compare(BaselineFile before, BaselineFile after) => Comparison.Of(before, "a.json", after, "b.json");

    private static BaselineFile With(BaselineFile file, Func<BaselineSettings, BaselineSettings> change) =>
        file with { Settings = change(file.Settings) };

    private static (string Warning, Func<BaselineFile, BaselineFile> Change)[] Differences() =>
    [
        (
            "Measured from different places: where the command ran before, inside the cluster, by 3 workers after.",
            file => With(file, settings => settings with { Generator = "cluster", Workers = 3 })),
        ("Different things measured: local before, cluster after.", file => With(file, settings => settings with { Subject = "cluster" })),
        (
            "Different paths: /productpage before, /api/v1/products after.",
            file => With(file, settings => settings with { Target = "http://elsewhere/api/v1/products" })),
        ("Steps of different length: 2 s before, 30 s after.", file => With(file, settings => settings with { StepSeconds = 30 })),
        ("Different warm-up: 1 s before, 0 s after.", file => With(file, settings => settings with { WarmUpSeconds = 0 })),
        ("Different numbers of connections: 64 before, 8 after.", file => With(file, settings => settings with { Connections = 8 })),
        (
            "Different further headers: none before, Accept-Encoding, Host after.",
            file => With(file, settings => settings with { Headers = ["Accept-Encoding", "Host"] })),
        ("Different time limits: 10 s before, 1 s after.", file => With(file, settings => settings with { TimeoutSeconds = 1 })),
        (
            "Different processors: A processor before, unknown after.",
            file => file with { Environment = file.Environment with { Machine = file.Environment.Machine with { Processor = null } } }),
        (
            "Different numbers of processors: 2 before, 64 after.",
            file => file with { Environment = file.Environment with { Machine = file.Environment.Machine with { Processors = 64 } } }),
        (
            "Different clusters: none before, Kubernetes 1.34 after.",
            file => file with { Environment = file.Environment with { Cluster = "1.34" } }),
        ("Different nodes: none before, n1 (4 processors, kernel 6.1) after.",
            file => file with
            {
                Environment = file.Environment with
                {
                    Nodes = [new NodeFacts("n1", "Debian", "6.1", "containerd", "1.34", "amd64", 4, 1e9)],
                },
            }),
        ("Measured by different versions of this program: 0.1.0 before, 0.2.0 after.", file => file with { Program = "0.2.0" }),
        (
            "FLOOD_FACTOR of productpage-v1: usual before, 10 after.",
            file => file with { Setup = [new ServiceSetup("productpage-v1", null, null, Flood, null, null)] }),
        ("The baseline after was interrupted: it has the rounds that were done until then.", file => file with { Complete = false }),
        ("Different services were measured: details-v1 only before, details-v2 only after. Figures of all services are sums over the "
            + "services that each baseline has.",
            file => file with { Services = [file.Services[0] with { Name = "details-v2" }] }),
    ];
}
