using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Metrics of the real services in a real Prometheus: a healthy one shows exactly what happened, and whatever is spoiled on the way is
/// found as what it is, with the right count, and nothing else is called wrong.
/// </summary>
/// <param name="system">The services and the Prometheus.</param>
public sealed class PrometheusSourceTests(ScrapedSystem system) : IClassFixture<ScrapedSystem>
{
    /// <summary>As many as take several scrapes to send.</summary>
    private const int Requests = 600;

    private static readonly Sabotage[] All =
    [
        new SkippedScrape(), new DeadTarget(), new AbsentTarget(), new LateTarget(), new TwoTargets(), new WrongVersion(),
        new DroppedLabel(), new ShiftedBucket(), new Restart(isHidden: false), new Restart(isHidden: true),
        new DroppedMetric("a counter dropped", "finished", RawSamples.Results, run => run.Counts.Results.Total.Low),
        new DroppedMetric(
            "all buckets dropped", "latency", "http_server_request_duration_seconds_bucket",
            run => run.Latency.Values.Sum(bounds => bounds.Count)),
    ];

    /// <summary>How often the machine may have had so much else to do that what it shows of that is true.</summary>
    private const int MostDisturbed = 5;

    public static TheoryData<string> Sabotages => [.. All.Select(sabotage => sabotage.Name)];

    [Fact]
    public async Task A_healthy_platform_shows_exactly_what_happened()
    {
        // What is asked of the application before the run is in none of its figures.
        var (run, result) = await system.VerifyAsync(Requests, checksApp: true);
        for (var again = 0; again < MostDisturbed && IsDisturbed(result); again++)
        {
            (run, result) = await system.VerifyAsync(Requests);
        }

        Assert.True(
            result.Verdict == VerificationVerdict.Exact,
            string.Join('\n', result.Checks.SelectMany(check => check.Findings.Select(finding => $"{check.Name}: {finding}"))));
        Assert.All(result.Checks, check => Assert.Equal(VerificationVerdict.Exact, check.Verdict));
        Assert.InRange(run.Requests, Requests + 1, Requests + 20);
        Assert.Equal(
            [run.Counts.Served.Total.Low, run.Counts.Tried.Total.Low, run.Counts.Results.Total.Low],
            result.Checks.Where(check => check.Seen is not null).Select(check => check.Seen!.Value));
        var notes = string.Join('\n', result.Notes);
        Assert.Contains("6 targets", notes, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"([0-9.]+) to \1 s", notes);
        // All services together have some hundreds.
        Assert.Matches("Cost: [0-9,]{3,} series, ", notes);
        Assert.True(result.VisibleAfter > TimeSpan.Zero);

        // What must be there and was never sent is missing, however long one waits.
        run.Counts.Add(new ExpectedRequest("details", "v1", "GET", "/details/{id?}", 200, []), times: 3);
        result = await system.VerifyAgainAsync(run);
        var finding = Assert.Single(result.Checks.SelectMany(check => check.Findings));
        Assert.Equal((FindingKind.Missing, 3, 0), (finding.Kind, finding.Missing, finding.Surplus));
    }

    [Theory]
    [MemberData(nameof(Sabotages))]
    public async Task Each_way_in_which_scrapes_are_spoiled_is_found_as_what_it_is(string name)
    {
        var sabotage = All.Single(one => one.Name == name);
        try
        {
            sabotage.Begin(system);
            var (run, result) = await system.VerifyAsync(Requests, () => sabotage.BeginRun(system));

            var expected = sabotage.Expected(run);
            Assert.All(
                expected.Keys,
                key => Assert.Contains(result.Checks, check => check.Name.StartsWith(key, StringComparison.Ordinal)));
            foreach (var check in result.Checks)
            {
                var wanted = expected.FirstOrDefault(one => check.Name.StartsWith(one.Key, StringComparison.Ordinal));
                var found = string.Join('\n', check.Findings);
                if (wanted.Key is null)
                {
                    Assert.True(check.Findings.Count == 0, $"{check.Name}: {found}");
                    continue;
                }

                var finding = Assert.Single(check.Findings);
                Assert.True(finding.Kind == sabotage.Kind, found);
                var count = finding.Count + finding.Missing + finding.Surplus;
                Assert.True(wanted.Value < 0 ? count > 0 : count == wanted.Value, $"expected {wanted.Value}: {found}");
            }

            Assert.Equal(sabotage.Verdict, result.Verdict);
            SabotageTable.Hold(name, result);
        }
        finally
        {
            Sabotage.End(system);
        }
    }

    /// <summary>
    /// Whether scrapes took longer than they may, or services were interrupted again and again, and nothing else is wrong.
    /// </summary>
    private static bool IsDisturbed(SignalResult result) =>
        result.Checks.SelectMany(check => check.Findings).ToList() is { Count: > 0 } findings
        && findings.TrueForAll(finding => finding.Kind is FindingKind.ScrapeGap or FindingKind.WrongBucket);

    [Fact]
    public async Task What_is_not_scraped_within_the_wait_is_not_called_missing()
    {
        try
        {
            var (_, result) = await system.VerifyAsync(
                requests: 50,
                () =>
                {
                    foreach (var process in ScrapedSystem.Processes)
                    {
                        system.ProxyOf(process).Spoil(static _ => null);
                    }
                },
                patience: TimeSpan.FromSeconds(1));

            Assert.Equal(VerificationVerdict.Untold, result.Verdict);
            var findings = result.Checks.SelectMany(check => check.Findings).ToList();
            Assert.All(findings, finding => Assert.Equal(FindingKind.NotScraped, finding.Kind));
            Assert.Equal(ScrapedSystem.Processes.Count, findings.Count);
            Assert.All(result.Checks, check => Assert.Equal(VerificationVerdict.Untold, check.Verdict));
            Assert.Null(result.VisibleAfter);
        }
        finally
        {
            Sabotage.End(system);
        }
    }

    [Fact]
    public void The_documentation_has_every_kind_of_finding()
    {
        var page = File.ReadAllText(Path.Combine(WorkingCopy.Root, "docs", "verify.md"));
        Assert.All(Enum.GetValues<FindingKind>(), kind => Assert.Contains($"| `{VerificationText.Name(kind)}` |", page));
    }
}
