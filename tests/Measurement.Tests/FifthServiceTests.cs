using Bookinfo.Contracts;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Measurement.Tests;

/// <summary>A service more in the catalog: load, baseline and compare follow without a change of their own.</summary>
public sealed class FifthServiceTests
{
    private const string Missing = "Stamps are not there today";
    private const string Label = "reviews->stamps";

    private static readonly ServiceDefinition Stamps =
        new("stamps", "Bookinfo.Stamps", [], [new ServiceVersion("stamps", "v1", 9099, new Dictionary<string, string>())]);

    private static readonly ServiceDefinition Reviews = ServiceCatalog.Reviews with
    {
        Calls = [.. ServiceCatalog.Reviews.Calls, new ServiceCall(Stamps.Name, CallPolicy.Once(2), Missing)],
    };

    private static readonly BookinfoAnswers Answers =
        new(new ServiceCatalog([Stamps, .. ServiceCatalog.All.Select(service => service == ServiceCatalog.Reviews ? Reviews : service)]));

    /// <summary>Its place among the hops: the last before the whole.</summary>
    private static readonly int Place = Answers.Hops.Count - 2;

    [Fact]
    public void The_hops_follow_from_the_edges()
    {
        Assert.Equal(
            [.. ServiceCatalog.Bookinfo.Hops.Select(hop => hop.Callee), "stamps", "total"], Answers.Hops.Select(hop => hop.Name));
        Assert.Equal([.. Measure.All, Label], Measure.Of(Answers));
    }

    [Fact]
    public void An_answer_that_tells_that_it_went_without_is_an_error_of_its_own()
    {
        var answer = Answer($"<html>{PageTexts.ReviewsServedBy} reviews-v1-abc {Missing}</html>");

        var error = Answers.Judge(answer, content: 0, out var version);

        Assert.Equal(("reviews without stamps", "v1"), (Answers.NameOf(error), Answers.Versions[version - 1]));
    }

    [Fact]
    public void Load_reports_its_time()
    {
        var result = Run(milliseconds: 3);
        var breakdown = new LoadBreakdown(result.Plan.Mix);
        for (var request = 0; request < 100; request++)
        {
            breakdown.Add(Request(milliseconds: 3, jitter: 0));
        }

        var details = LoadDetails.Of(result, breakdown, new LoadTimeline(result.Plan.Profile));
        var report = LoadReport.From(result).With(details, []);

        Assert.Equal(["stamps", "total"], report.Hops.Keys);
        Assert.Equal(3000, report.Hops["stamps"].P50, 3.0);
        Assert.Contains(LoadText.Report(report), line => line.StartsWith("stamps ", StringComparison.Ordinal));
    }

    [Fact]
    public void Baselines_have_it_and_compare_finds_what_differs()
    {
        var steps = Enumerable.Range(1, 10).Select(round => Step(round, milliseconds: 3)).ToList();
        var slower = Enumerable.Range(1, 10).Select(round => Step(round, milliseconds: 9)).ToList();
        var before = ToolTesting.BaselineSample.File(steps);
        var after = ToolTesting.BaselineSample.File(slower);

        Assert.Contains(BaselineTables.Latencies(before.Summary[0]).Rows, row => row[0] == Label);
        var report = Comparison.Of(before, "before.json", after, "after.json");

        var figure = report.Rates[0].Find(Label, FigureName.P50)!;
        Assert.True(figure.IsShown);
        Assert.Equal(6000, figure.Difference, 30.0);
        Assert.Contains(Label, string.Join('\n', report.Headline), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_has_room_for_it_and_tells_so()
    {
        var layout = new LedgerLayout([.. Answers.Hops.Select(hop => hop.Name)]);

        Assert.Equal(56 + (4 * Answers.Hops.Count), layout.Length);
        Assert.Contains(layout.Fields, field => field is { Name: "hop:stamps", Length: 4 } && field.Offset == 48 + (4 * Place));
    }

    private static StepMeasurement Step(int round, int milliseconds) =>
        StepMeasurement.From(round, 50, Run(milliseconds, jitter: round), new Dictionary<string, UseMeasurement>());

    private static LoadResult Run(int milliseconds, int jitter = 0)
    {
        var target = new LoadTarget(new Uri("http://127.0.0.1:1"), [], insecure: false);
        var mix = new TrafficMix([(new RequestTemplate(RequestKind.Path, target.Host, "/productpage", []), 1)], Answers);
        var plan = new LoadPlan(target, mix, new ConstantProfile(50, 1), ArrivalProcess.Even, 1, 1, 1, TimeSpan.FromSeconds(1));
        var total = new Recording(Answers);
        for (var request = 0; request < 100; request++)
        {
            total.Add(Request(milliseconds, jitter), RequestKind.Path);
        }

        return new LoadResult(plan, DateTimeOffset.UnixEpoch, 2, total, 0, 100, 100, 1, false, 0.1, 2);
    }

    private static Sample Request(int milliseconds, int jitter)
    {
        var hops = HopTimes.None;
        hops[Place] = (uint)((milliseconds * 1000) + (jitter % 3));
        hops[Place + 1] = 20_000;
        return new Sample { Done = 20_000_000, Status = 200, WasAwaited = true, Hops = hops };
    }

    private static HttpAnswer Answer(string body)
    {
        var answer = new HttpAnswer(Answers);
        answer.Clear();
        answer.Status = 200;
        answer.IsHtml = true;
        answer.Append(System.Text.Encoding.UTF8.GetBytes(body));
        return answer;
    }
}
