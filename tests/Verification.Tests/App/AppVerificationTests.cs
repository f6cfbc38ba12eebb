using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// The real services behind proxies: as they are they obey the contract, and whatever is spoiled is found as what it is, and nothing else
/// is called wrong.
/// </summary>
/// <param name="system">The services and the proxies.</param>
public sealed class AppVerificationTests(CheckedSystem system) : IClassFixture<CheckedSystem>
{
    public static TheoryData<string> Sabotages => [.. AppSabotage.All.Select(sabotage => sabotage.Name)];

    [Fact]
    public async Task What_is_well_obeys_the_contract()
    {
        var result = await system.CheckAsync(views: VersionSpread.UsualViews);

        Assert.True(result.Verdict == VerificationVerdict.Exact, Describe(result));
        Assert.Equal(AppArea.All.Select(area => area.Name), result.Checks.Select(check => check.Name));
        Assert.All(result.Checks, check => Assert.Equal(CountRange.Exactly(check.Seen!.Value), check.Expected));
        Assert.Contains("Pages by the version of reviews: v1 100, v2 100, v3 100.", result.Notes);
    }

    [Theory]
    [MemberData(nameof(Sabotages))]
    public async Task Each_way_in_which_the_contract_is_broken_is_found_as_what_it_is(string name)
    {
        var sabotage = AppSabotage.All.Single(one => one.Name == name);
        try
        {
            sabotage.Spoil(system);
            var result = await system.CheckAsync(views: sabotage.Views);

            Assert.Equal(VerificationVerdict.Differs, result.Verdict);
            foreach (var check in result.Checks)
            {
                Assert.True(check.Findings.Count > 0 == (check.Name == sabotage.Area.Name), Describe(result));
                Assert.True(check.NotChecked.Count == 0, Describe(result));
                Assert.All(check.Findings, finding => Assert.Equal(sabotage.Kind, finding.Kind));
                Assert.All(check.Findings, finding => Assert.StartsWith(sabotage.Subject, finding.Subject, StringComparison.Ordinal));
            }

            Assert.Contains(sabotage.Says, Describe(result), StringComparison.Ordinal);
        }
        finally
        {
            system.Mend();
        }
    }

    [Fact]
    public async Task A_process_that_does_not_answer_is_one_finding()
    {
        using var nobody = new ClosedPort();
        var services = system.Target.Services.ToDictionary();
        services["ratings-v1"] = nobody.Address;

        var result = await system.CheckAsync(system.Target with { Services = services });

        var finding = Assert.Single(result.Checks.SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.NotAnswered, "ratings-v1"), (finding.Kind, finding.Subject));
        Assert.Contains(
            "Checks left out, because ratings-v1 does not answer: 31.",
            result.Checks.Single(check => check.Name == "ratings").NotChecked);
    }

    [Fact]
    public async Task A_page_that_does_not_answer_cannot_be_checked()
    {
        using var nobody = new ClosedPort();
        var failure = await Assert.ThrowsAsync<Foundation.OperationFailedException>(() => system.CheckAsync(AppTarget.Of(nobody.Address)));
        Assert.Equal(Foundation.FailureKind.TargetUnreachable, failure.Kind);
    }

    [Fact]
    public async Task What_there_is_no_way_to_was_not_checked()
    {
        var result = await system.CheckAsync(AppTarget.Of(system.Target.Page) with { NoWay = ", because" });

        Assert.Equal(VerificationVerdict.Untold, result.Verdict);
        Assert.Empty(result.Checks.SelectMany(check => check.Findings));
        Assert.Equal(
            [
                "details-v1 cannot be reached from here, because.", "ratings-v1 cannot be reached from here, because.",
                "reviews-v1, reviews-v2 and reviews-v3 cannot be reached from here, because.",
                "It is not known which versions of reviews there are.",
            ],
            result.Checks.SelectMany(check => check.NotChecked));
        Assert.Contains(result.Notes, note => note.StartsWith("Whether headers reach the services", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_run_is_not_asked()
    {
        var services = system.Target.Services.Where(service => service.Key is not ("reviews-v2" or "reviews-v3")).ToDictionary();
        services.Add("ratings-v2", system.Target.Page);

        var result = await system.CheckAsync(system.Target with { Services = services });

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Contains("reviews-v2 and reviews-v3 do not run there.", result.Notes);
        Assert.Contains("ratings-v2 is not in the contract: not asked.", result.Notes);
    }

    [Fact]
    public async Task Without_access_lines_it_is_not_known_what_is_passed_on()
    {
        var empty = Directory.CreateTempSubdirectory("bookinfo-app");
        try
        {
            var result = await system.CheckAsync(system.Target with { Logs = empty.FullName });
            Assert.Equal(VerificationVerdict.Exact, result.Verdict);
            Assert.Contains(
                result.Notes, note => note.StartsWith("Whether headers reach details, ratings and reviews", StringComparison.Ordinal));
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_metrics_that_must_be_there_are_those_of_the_documentation()
    {
        var rows = File.ReadLines(Path.Combine(WorkingCopy.Root, "docs", "telemetry.md")).SkipWhile(line => line != "## Metrics")
            .TakeWhile(line => line != "## What promtool says").Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        // Those of some processes, of some platforms, or of what need not happen, say so in parentheses.
        var always = rows.Where(row => !row.Contains(" (appears with", StringComparison.Ordinal)
            && !row.Contains("(productpage", StringComparison.Ordinal) && !row.Contains("(of signals", StringComparison.Ordinal)
            && !row.Contains("(likewise", StringComparison.Ordinal) && !row.Contains("(appears when", StringComparison.Ordinal)
            && !row.Contains("(Linux)", StringComparison.Ordinal)).Select(row => row.Split('`')[1]);
        Assert.Equal(always.Order(), MetricsContract.OfAll.Order());
    }

    [Fact]
    public void The_documentation_has_every_sabotage()
    {
        var page = File.ReadAllText(Path.Combine(WorkingCopy.Root, "docs", "verify.md"));
        Assert.All(AppSabotage.All, sabotage => Assert.Contains(
            $"| {sabotage.Name} | `{VerificationText.Name(sabotage.Kind)}` |", page, StringComparison.Ordinal));
    }

    private static string Describe(SignalResult result) => string.Join(
        '\n', result.Checks.SelectMany(check => check.Findings.Select(finding => $"{check.Name}: {finding.Kind}: {finding.Text} "
            + string.Join(' ', finding.Examples)).Concat(check.NotChecked.Select(open => $"{check.Name}: not checked: {open}"))));
}
