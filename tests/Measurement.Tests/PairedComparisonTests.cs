using Bookinfo.ToolTesting;

namespace Bookinfo.Measurement.Tests;

/// <summary>What is made of two systems that were measured in turns.</summary>
public sealed class PairedComparisonTests
{
    private const double Rate = 100;

    [Fact]
    public void A_tenth_of_a_millisecond_is_found_while_the_machine_drifts_by_a_third()
    {
        var report = PairedComparison.Of(File(difference: 100), "pair.json");

        var page = report.Rates[0].Find(Measure.Page, FigureName.P50)!;
        Assert.Equal((Verdict.Greater, 0.0), (page.Verdict, page.Least));
        Assert.Equal(100, page.Difference, 1e-6);
        Assert.True(page.After - page.Before > 90);
        Assert.Equal(Verdict.Same, report.Rates[0].Find(HopMeasure.Details, FigureName.P50)!.Verdict);
        Assert.True(report.InTurns);
        Assert.Contains("the page takes 0.10 ms longer at p50", report.Headline[0]);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public void Before_and_after_are_the_same_figures_as_in_a_baseline_and_in_a_comparison_of_two()
    {
        var file = File(difference: 100);
        // A round in which the machine did something else.
        var storm = CompareSample.Create(rounds: 10, rates: [Rate], latency: (round, measure) =>
            CompareSample.Usual(round, measure) * (round == 3 ? 50 : 1));
        file = file with { Before = storm };

        var figures = PairedComparison.Of(file, "pair.json").Rates[0];

        var two = Comparison.Of(storm, "a.json", file.After, "b.json").Rates[0];
        foreach (var name in FigureName.OfPairs)
        {
            Assert.Equal(two.Find(Measure.Page, name)!.Before, figures.Find(Measure.Page, name)!.Before);
            Assert.Equal(two.Find(Measure.Page, name)!.After, figures.Find(Measure.Page, name)!.After);
        }

        Assert.Equal(storm.Summary[0].Latencies[Measure.Page].P50.Mean, figures.Find(Measure.Page, FigureName.P50)!.Before);
        Assert.Equal(
            two.Find("details-v1", FigureName.Cpu)!.Before, figures.Find("details-v1", FigureName.Cpu)!.Before);
    }

    [Fact]
    public void Differences_in_how_the_systems_are_set_up_are_warned_of()
    {
        ServiceSetup Setup(string build) => new("details-v1", build, null, null, null, null);
        var file = File();
        file = file with
        {
            Before = file.Before with { Setup = [Setup(ServiceSetup.Native)] },
            After = file.After with { Setup = [Setup(ServiceSetup.Jit)] },
        };

        Assert.Equal(["Build of details-v1: native before, JIT after."], PairedComparison.Of(file, "pair.json").Warnings);
    }

    [Fact]
    public void Two_runs_one_after_the_other_do_not_see_it()
    {
        var file = File(difference: 100);

        var report = Comparison.Of(file.Before, "a.json", file.After, "b.json");

        Assert.False(report.Rates[0].Find(Measure.Page, FigureName.P50)!.IsShown);
        Assert.False(report.InTurns);
    }

    [Fact]
    public void The_same_system_twice_is_no_difference_that_matters()
    {
        var report = PairedComparison.Of(File(difference: 0), "pair.json");

        Assert.All(
            report.Rates[0].Figures.Where(figure => figure.IsTested && FigureName.OfPairs.Contains(figure.Figure)),
            figure => Assert.Equal(Verdict.Same, figure.Verdict));
        Assert.Equal(["No difference that matters."], report.Headline);
    }

    [Fact]
    public void A_control_is_told_beside_it_and_warned_of_when_it_differs()
    {
        var quiet = PairedComparison.Of(File(difference: 100, control: 0), "pair.json");
        var loud = PairedComparison.Of(File(difference: 100, control: 80), "pair.json");

        Assert.Equal(Verdict.Same, quiet.Rates[0].Find(Measure.Page, FigureName.P50)!.Control!.Verdict);
        Assert.Empty(quiet.Warnings);
        Assert.Contains("CONTROL", string.Join('\n', ComparisonText.Lines(quiet, all: false)));
        Assert.Contains("At 100/s the control differs from the first system as well (page p50, ", Assert.Single(loud.Warnings));
        // The outcome itself is the same.
        Assert.Equal(quiet.Headline, loud.Headline);
    }

    [Fact]
    public void What_running_side_by_side_costs_is_told_when_it_is_more_than_chance()
    {
        Assert.Contains(
            "At 100/s the first system takes 0.30 ±0.0", Assert.Single(PairedComparison.Of(File(alone: 300), "pair.json").Warnings));
        Assert.Contains(" less at the page's p50 ", Assert.Single(PairedComparison.Of(File(alone: -300), "pair.json").Warnings));
    }

    [Fact]
    public void Whether_the_systems_were_started_anew_is_told()
    {
        Assert.EndsWith("They were restarted between rounds.", PairedComparison.Of(File() with { Restarted = true }, "x").Limits);
        Assert.Contains("They were not restarted between rounds", PairedComparison.Of(File(), "x").Limits);
    }

    [Fact]
    public void A_percentile_with_few_requests_above_it_is_not_tested()
    {
        var few = File(difference: 100, pairs: 50);

        var page = PairedComparison.Of(few, "x").Rates[0];

        // Ten rounds of fifty: five above p99.
        Assert.Equal("too few requests", page.Find(Measure.Page, FigureName.P99)!.Reason);
        Assert.Equal(Verdict.NotTested, page.Find(Measure.Page, FigureName.P99)!.Verdict);
        Assert.Equal(Verdict.Greater, page.Find(Measure.Page, FigureName.P90)!.Verdict);
    }

    [Fact]
    public void A_rate_that_no_pair_was_measured_at_is_not_compared()
    {
        // Interrupted between the end of a step and the end of what belongs to it.
        var file = File(difference: 100);
        var further = CompareSample.Create(rounds: 1, rates: [Rate + 1]).Steps;
        file = file with
        {
            Before = file.Before with { Steps = [.. file.Before.Steps, .. further] },
            After = file.After with { Steps = [.. file.After.Steps, .. further] },
        };

        Assert.Equal(Rate, Assert.Single(PairedComparison.Of(file, "x").Rates).Rate);
    }

    [Fact]
    public void A_condition_of_a_twentieth_can_be_decided()
    {
        var report = PairedComparison.Of(File(difference: 100), "pair.json");

        Assert.Equal(ConditionOutcome.Violated, Assert.Single(FailCondition.TryParse("p50:+1%")!.Check(report)).Outcome);
        Assert.Equal(ConditionOutcome.Holds, Assert.Single(FailCondition.TryParse("p50:+5%")!.Check(report)).Outcome);
    }

    [Fact]
    public void A_file_is_read_as_it_was_written()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("bookinfo-pairs-").FullName, "pair.json");
        var file = File(difference: 100, control: 0);
        System.IO.File.WriteAllText(path, BaselineStore.Write(file));

        var read = BaselineStore.ReadPaired(path);

        Assert.Equal(
            ComparisonJson.Write(PairedComparison.Of(file, path)), ComparisonJson.Write(PairedComparison.Of(read, path)));
        Assert.Equal(
            $"'{path}' is of two systems that were measured in turns: compare it alone.",
            Assert.Throws<Bookinfo.Foundation.OperationFailedException>(() => BaselineStore.Read(path)).Message);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_file_whose_pairs_have_no_steps_is_refused()
    {
        var path = Path.GetTempFileName();
        var file = File(control: 0);
        PairedFile[] broken =
        [
            file with { Control = null },
            file with { Pairs = [.. file.Pairs.Select(static pair => pair with { Control = null })] },
            file with { Pairs = [.. file.Pairs.Select(static pair => pair with { Round = pair.Round + 1 })] },
            file with { After = file.After with { Steps = [.. file.After.Steps, file.After.Steps[0]] } },
        ];

        Assert.All(broken, one =>
        {
            System.IO.File.WriteAllText(path, BaselineStore.Write(one));
            Assert.StartsWith(
                $"'{path}' is a broken baseline: its systems do not each have one step of round ",
                Assert.Throws<Bookinfo.Foundation.OperationFailedException>(() => BaselineStore.ReadPaired(path)).Message);
        });
        System.IO.File.Delete(path);
    }

    /// <summary>Ten rounds, in the course of which the machine gets slower by a third.</summary>
    /// <param name="difference">What the second system takes more wherever ratings are waited for, in microseconds.</param>
    /// <param name="control">The same for a third; <see langword="null"/> for none.</param>
    /// <param name="alone">What the first takes more beside the others than alone, in microseconds.</param>
    /// <param name="pairs">How many pairs each round has.</param>
    private static PairedFile File(double difference = 0, double? control = null, double alone = 0, int pairs = 200)
    {
        BaselineFile System(double more) => CompareSample.Create(
            rounds: 10, rates: [Rate],
            latency: (round, measure) =>
                (long)((CompareSample.Usual(0, measure) * (1 + (round / 30.0))) + (measure == HopMeasure.Details ? 0 : more)));
        IReadOnlyDictionary<string, PairedDifference> Differences(int round, double more) => CompareSample.Measures.ToDictionary(
            measure => measure,
            measure =>
            {
                // What rounds differ by: 0.04 ms at p50, as it was measured.
                var value = (measure == HopMeasure.Details ? 0 : more) + (20 * ((round % 2 * 2) - 1));
                return new PairedDifference(pairs, value, value, value);
            });
        return new PairedFile(
            PairedFile.CurrentVersion, "0.1.0", "pair", DateTimeOffset.UnixEpoch, 300, true, false, System(0), System(difference),
            control is { } same ? System(same) : null,
            [
                .. Enumerable.Range(1, 10).Select(round => new PairedStep(
                    round, Rate, Differences(round, difference), control is { } more ? Differences(round, more) : null,
                    new Dictionary<string, double> { [Measure.Page] = alone + (10 * ((round % 2 * 2) - 1)) })),
            ]);
    }
}
