using Bookinfo.Verification;
using Microsoft.Playwright;
using Xunit;

namespace Browser.Tests;

/// <summary>The page that <c>verify --output html</c> writes.</summary>
public sealed class VerificationPageTests(Chromium chromium)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Its_tables_fit_a_phone()
    {
        string[] names = ["server spans", "span ids and parents", "durations of requests", "clocks of services", "latency by bucket"];
        var checks = names.Select(name => new CheckResult(name)
        {
            Expected = new CountRange(4139, 5094),
            Seen = 4139,
            NotChecked = ["No answer says how long it took."],
        });
        var report = new VerificationReport(
            VerificationReport.CurrentVersion, "0.1", "run.ledger", "http://localhost/", Start, Start.AddMinutes(1), 1511, 0, 0,
            [new SignalResult("traces", "Aspire dashboard at http://localhost:18888/", [.. checks])]);
        await using var context = await chromium.OpenAsync(
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 360, Height = 640 } });
        var page = await context.NewPageAsync();
        await page.SetContentAsync(VerificationPage.Create(report));

        var tooWide = await page.EvaluateAsync<string[]>(
            """
            () => [document.documentElement, ...document.querySelectorAll('.scroll')]
              .filter(element => element.scrollWidth > element.clientWidth)
              .map(element => `${element.tagName} has ${element.scrollWidth} of ${element.clientWidth}`)
            """);
        Assert.Empty(tooWide);
    }
}
