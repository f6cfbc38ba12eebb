using System.Xml;
using System.Xml.Linq;
using Bookinfo.Load;

namespace Bookinfo.Measurement.Tests;

/// <summary>Which phase broke, and how long the application took to recover: in the report, in its text and in its picture.</summary>
public sealed class LoadPhaseTests
{
    private static readonly RateProfile Spike = new SpikeProfile(50, 500, 40);
    private static readonly RateProfile Steps = new StepsProfile(200, 4, 40);

    [Fact]
    public void The_spike_that_broke_is_named_with_how_long_it_took_to_recover()
    {
        var run = new LoadRun(Spike);
        // The spike is from 18 s to 22 s, and what it has piled up is done at 27 s.
        run.Fill(due => due is < 18 or >= 27 ? 4 : 900);

        var report = run.Report;

        Assert.Equal(
            [("before", null), ("spike", "p50 900 ms, 225 times that of 'before'"), ("after", "p95 900 ms, 225 times that of 'before'")],
            report.Phases!.Select(phase => (phase.Name, phase.Broke)));
        Assert.Equal((5.0, 1.0), (report.Recovery!.Seconds, report.Recovery.Step));
        Assert.Equal(4000, report.Recovery.MedianBefore, 4.0);
        Assert.Equal(2 * report.Recovery.MedianBefore, report.Recovery.Bound);
        string[] verdict =
        [
            "Broke: spike (500/s): p50 900 ms, 225 times that of 'before'. Also broke: after.", "Recovered 5 s after the end of the spike.",
        ];
        Assert.Equal(verdict, report.Verdict);
        var lines = LoadText.Report(report);
        List<string> wrapped = [.. verdict.SelectMany(LoadText.Wrap)];
        Assert.Equal(wrapped, lines.Skip(3).Take(wrapped.Count));
        Assert.Equal(wrapped, lines.TakeLast(wrapped.Count));
        Assert.Matches("^spike \\(broke\\) +500/s ", Assert.Single(lines, line => line.StartsWith("spike (", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(22, 0.0, "Recovered within 1 s of the end of the spike.")]
    [InlineData(23.7, 2.0, "Recovered 2 s after the end of the spike.")]
    [InlineData(40, null, "Not recovered 18 s after the end of the spike.")]
    public void Recovery_counts_from_the_end_of_the_spike(double until, double? seconds, string sentence)
    {
        var run = new LoadRun(Spike);
        run.Fill(due => due < 18 || due >= until ? 4 : 300);

        Assert.Equal(seconds, run.Report.Recovery!.Seconds);
        Assert.Equal(sentence, run.Report.Verdict![^1]);
    }

    [Fact]
    public void Failures_delay_the_recovery_and_a_good_second_alone_does_not_end_it()
    {
        var run = new LoadRun(Spike);
        run.Fill(_ => 4, due => due is >= 18 and < 24 or >= 25 and < 26);

        Assert.Equal(4, run.Report.Recovery!.Seconds);
        Assert.StartsWith("Broke: spike (500/s): 100.0% failed. Also broke: after.", run.Report.Verdict![0]);
    }

    [Fact]
    public void The_step_that_broke_is_named_with_the_last_that_held()
    {
        var run = new LoadRun(Steps) { Unsent = [0, 0, 0, 400] };
        run.Fill(static _ => 4, static due => due >= 20 && (int)Math.Round(due * 1000) % 50 == 0);

        Assert.Equal([false, false, true, true], run.Report.Phases!.Select(phase => phase.Broke is not null));
        Assert.Equal(2400, run.Report.Phases![3].Due);
        Assert.Matches(
            @"^Broke: step 3 \(150/s\): [\d.]+% failed\. Also broke: step 4\. The last to hold before it was step 2 \(100/s\)\.$",
            Assert.Single(run.Report.Verdict!));
        Assert.Contains("were not sent", run.Report.Phases[3].Broke);
    }

    [Fact]
    public void Many_steps_that_broke_are_not_all_named()
    {
        var run = new LoadRun(new StepsProfile(1000, 100, 10));
        run.Fill(static _ => 4, static due => due >= 5);

        Assert.EndsWith(
            "% failed. Also broke: all after it. The last to hold before it was step 50 (500/s).", Assert.Single(run.Report.Verdict!));
        var rows = LoadText.Report(run.Report).Where(line => line.StartsWith("step ", StringComparison.Ordinal)).ToList();
        Assert.StartsWith("step 41 ", rows[0]);
        Assert.StartsWith("step 60 (broke) ", rows[19]);
        Assert.Contains("20 of 100 phases are shown. --html and --output json have all.", LoadText.Report(run.Report));

        run = new LoadRun(new StepsProfile(1000, 100, 10));
        run.Fill(static _ => 4, static due => due >= 5 && (int)(due * 10) % 2 == 0);
        Assert.Contains(
            " Also broke: step 53, step 55, step 57, step 59, step 61 and 19 more. ", Assert.Single(run.Report.Verdict!));
    }

    [Fact]
    public void A_tail_breaks_a_phase_as_well_as_its_median()
    {
        var run = new LoadRun(Steps);
        run.Fill(static due => due >= 30 && (int)Math.Round(due * 1000) % 50 == 0 ? 2000 : 4);

        Assert.StartsWith("p95 2.00 s, ", run.Report.Phases![3].Broke);
    }

    [Theory]
    // 5 times as long, but what of it: nobody sees 4 ms.
    [InlineData(0.8, 4.5)]
    // Longer by 30 ms, but less than 5 times as long.
    [InlineData(20, 50)]
    public void Nothing_broke_that_is_only_somewhat_slower(double before, double after)
    {
        var run = new LoadRun(Steps);
        run.Fill(due => due < 10 ? before : after);

        Assert.Equal(["No phase broke."], run.Report.Verdict!);
    }

    [Fact]
    public void Of_a_constant_rate_the_quarters_are_told_only_if_one_broke()
    {
        var run = new LoadRun(new ConstantProfile(100, 40));
        run.Fill(static _ => 4);
        Assert.Empty(run.Report.Verdict!);
        Assert.DoesNotContain(LoadText.Report(run.Report), line => line.StartsWith("PHASE", StringComparison.Ordinal));

        run = new LoadRun(new ConstantProfile(100, 40));
        run.Fill(static due => due is >= 20 and < 30 ? 500 : 4);
        Assert.StartsWith("Broke: 3rd quarter (100/s): p50 500 ms", Assert.Single(run.Report.Verdict!));
        Assert.Contains(LoadText.Report(run.Report), line => line.StartsWith("PHASE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_was_interrupted_has_the_phases_that_it_reached()
    {
        var run = new LoadRun(Spike);
        run.Add(due: 1, milliseconds: 4);

        run.Timeline.Stopped(20_000_000_000);
        var details = LoadDetails.Of(run.Result with { Seconds = 20, Interrupted = true }, run.Breakdown, run.Timeline);

        Assert.Equal([("before", 18.0), ("spike", 20.0)], details.Phases.Select(phase => (phase.Name, phase.To)));
        Assert.Null(details.Recovery);
    }

    [Fact]
    public void The_picture_names_and_colors_what_broke_and_needs_no_network()
    {
        var run = new LoadRun(Spike);
        run.Fill(due => due is < 18 or >= 22.7 ? 4 : 900);

        var page = LoadPage.Create(run.Report, run.Timeline);
        var root = XDocument.Load(XmlReader.Create(
            new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Parse })).Root!;

        var figures = root.Descendants("figure").ToList();
        Assert.Equal(["Latency from due time", "Requests"], figures.Select(figure => figure.Element("h3")!.Value));
        Assert.All(figures, figure =>
        {
            Assert.EndsWith(" Broke: spike.", figure.Element("figcaption")!.Value);
            Assert.Equal(["before", "spike", "after"], figure.Element("svg")!.Descendants("text")
                .Select(text => text.Value).Where(text => text is "before" or "spike" or "after"));
            Assert.Single(
                figure.Element("svg")!.Descendants().Attributes("style"), style => style.Value.Contains("fill:var(--fault)"));
        });
        Assert.Contains("Recovered 1 s after the end of the spike.", root.Value);
        Assert.Contains("Recovered means: for 3 seconds in a row", root.Value);
        Assert.DoesNotContain("NaN", page);
        Assert.DoesNotContain("<script", page);
        Assert.All(root.Descendants().Attributes(), attribute => Assert.DoesNotContain("http", attribute.Value));
    }
}
