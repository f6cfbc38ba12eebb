using System.Net;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Faults;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Services.Tests;

/// <summary>
/// Whatever fault a backend has, the page comes with status 200 and says what is missing; and when the fault ends it is whole again by
/// itself.
/// </summary>
public sealed class SurvivalTests
{
    private static readonly string[] Faults =
    [
        """{"delay":{"fixedDelay":"1h"}}""",
        """{"abort":{"httpStatus":503}}""",
        """{"disconnect":{}}""",
        """{"disconnect":{"when":"during"}}""",
        """{"truncate":{}}""",
        """{"wrongBody":{"body":"not JSON"}}""",
        """{"slowBody":{"duration":"1h"}}""",
        """{"hang":{"limit":"1h"}}""",
    ];

    [Theory]
    [InlineData("details", PageTexts.DetailsMissing)]
    [InlineData("reviews", PageTexts.ReviewsMissing)]
    [InlineData("ratings", PageTexts.RatingsMissing)]
    public async Task The_page_survives_every_fault_of_a_backend(string service, string missing)
    {
        Assert.Equal(
            FaultCatalog.All.Where(kind => kind.Scope == FaultScope.Request),
            Faults.Select(fault => FaultRuleReader.Read($"[{fault}]")[0].Kind).Distinct());
        // v3 waits 2.5 s for ratings, which is less than the page waits for reviews.
        await using var system = await RunningSystem.StartAsync(["v3"]);
        foreach (var fault in Faults)
        {
            await SurviveAsync(system, service, fault, missing);
        }
    }

    private static async Task SurviveAsync(RunningSystem system, string service, string fault, string missing)
    {
        using var client = new HttpClient { BaseAddress = system.Address };
        WebApplication faulty = service switch
        {
            "details" => system.Details,
            "reviews" => system.Reviews[0],
            _ => system.Ratings,
        };
        var board = faulty.Services.GetRequiredService<FaultBoard>();
        board.Set("test", FaultSource.Management, FaultRuleReader.Read($"[{fault}]"));
        var page = await ViewAsync(client);
        // On a busy machine, half a second may not be enough for reviews to say that ratings are missing.
        Assert.True(
            page.Contains(missing, StringComparison.Ordinal)
                || (service == "ratings" && page.Contains(PageTexts.ReviewsMissing, StringComparison.Ordinal)),
            $"{fault} of {service} does not show");
        board.Remove("test", FaultSource.Management);
        await Eventually.HoldsAsync(async () =>
            (await ViewAsync(client)).Contains(missing, StringComparison.Ordinal) ? $"{service} is missing after {fault}" : "");
    }

    private static async Task<string> ViewAsync(HttpClient client)
    {
        using var page = await client.GetAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
