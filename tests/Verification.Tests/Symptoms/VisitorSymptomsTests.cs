using Bookinfo.Contracts;
using Bookinfo.Scenarios;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>What a scenario declares of visitors, compared with the answers to its requests.</summary>
public sealed class VisitorSymptomsTests : IDisposable
{
    private const string Page = "/productpage";

    private static readonly DateTimeOffset Begin = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Of 100 pages, 30 lack the stars, 10 the details, 20 the reviews, and 15 wait for reviews. Ten more are not pages.</summary>
    private readonly SampleLedger _ledger = new SampleLedger(SampleLedger.PagePath, "/api/v1/products")
        .Add(25, version: "v1").Add(30, version: "v2", flaw: "reviews without ratings").Add(10, version: "v3", flaw: "page without details")
        .Add(20, flaw: "page without reviews").Add(15, version: "v3", reviews: 0.6).Add(10, path: 1);

    public void Dispose() => _ledger.Dispose();

    [Theory]
    [InlineData(PageTexts.RatingsMissing, 30)]
    [InlineData(PageTexts.DetailsMissing, 10)]
    [InlineData(PageTexts.ReviewsMissing, 20)]
    [InlineData(PageTexts.ReviewsServedBy, 80)]
    public async Task Texts_of_pages_are_known_by_what_they_lack(string text, int count)
    {
        var result = await CheckAsync(new VisitorSymptom("so it is", Page, text, Share: Around(count)));

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.StartsWith($"so it is: {count} of 100 views of /productpage, {count}.0% (", Assert.Single(result.Notes));
    }

    [Fact]
    public async Task How_long_a_part_of_the_page_took_is_what_the_page_says()
    {
        var result = await CheckAsync(new VisitorSymptom("slow", Page, Hop: "reviews", Milliseconds: new Bounds(400), Share: Around(15)));
        Assert.StartsWith("slow: 15 of 100 views", Assert.Single(result.Notes));
        Assert.Equal(VerificationVerdict.Exact, result.Verdict);

        // Nothing says how long that took.
        var unknown = await CheckAsync(new VisitorSymptom("slow", Page, Hop: "details", Milliseconds: new Bounds(0)));
        Assert.Equal(
            "slow: 0 of 100 views of /productpage, 0.0% (0.0% to 3.7% with 95% confidence); the scenario says all (95% at least).",
            Assert.Single(unknown.Checks.Single().Findings).Text);
    }

    [Theory]
    [InlineData(0.6, null, "more than 60%")]
    [InlineData(null, 0.1, "less than 10%")]
    [InlineData(null, null, "all (95% at least)")]
    public async Task What_visitors_did_not_see_is_a_finding(double? above, double? below, string declared)
    {
        var share = above is null && below is null ? null : new Bounds(above, below);
        var result = await CheckAsync(new VisitorSymptom("no stars", Page, PageTexts.RatingsMissing, Share: share));

        var finding = Assert.Single(result.Checks.Single().Findings);
        Assert.Equal(FindingKind.SymptomNotSeen, finding.Kind);
        Assert.EndsWith($"; the scenario says {declared}.", finding.Text);
    }

    [Fact]
    public async Task What_is_not_recorded_is_not_checked()
    {
        var text = await CheckAsync(new VisitorSymptom("a text", Page, "Nobody knows"));
        Assert.Equal("a text: the ledger does not record whether a page has 'Nobody knows'.", text.Checks.Single().NotChecked.Single());
        var path = await CheckAsync(new VisitorSymptom("a path", "/login", PageTexts.RatingsMissing));
        Assert.Equal("a path: no request was for /login.", path.Checks.Single().NotChecked.Single());
        Assert.Equal(VerificationVerdict.Untold, path.Verdict);
    }

    [Fact]
    public async Task Only_what_was_sent_while_the_faults_were_on_counts()
    {
        await _ledger.WriteAsync();
        var symptom = new VisitorSymptom("no stars", Page, PageTexts.RatingsMissing, Share: new Bounds(0.9));
        var result = new VisitorSymptoms(_ledger.File, [symptom]).Check(
            Begin.AddMilliseconds(24.5), Begin.AddMilliseconds(54.5), untold: null);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.StartsWith("no stars: 30 of 30 views", Assert.Single(result.Notes));
    }

    /// <summary>What all scenarios declare can be looked at.</summary>
    [Fact]
    public async Task What_the_scenarios_declare_is_recorded()
    {
        var scenarios = new ScenarioFiles(Path.Combine(WorkingCopy.Root, "scenarios")).ReadAll();
        Assert.All(scenarios, scenario => Assert.NotEmpty(scenario.Symptoms.Visitor));
        var result = await CheckAsync([.. scenarios.SelectMany(scenario => scenario.Symptoms.Visitor)]);

        Assert.Empty(result.Checks.Single().NotChecked);
    }

    private static Bounds Around(int percent) => new((percent - 5) / 100.0, (percent + 5) / 100.0);

    private async Task<SignalResult> CheckAsync(params VisitorSymptom[] symptoms)
    {
        await _ledger.WriteAsync();
        return new VisitorSymptoms(_ledger.File, symptoms).Check(Begin, Begin.AddMinutes(1), untold: null);
    }
}
