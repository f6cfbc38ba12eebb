using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Scenarios;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>Which of the alerts that a Prometheus has fired during a scenario have a cause.</summary>
public sealed class OtherAlertsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private static readonly DateTimeOffset Began = Now.AddSeconds(-100);

    /// <summary>The clock there is an hour ahead of the one here.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    private static readonly string[] Alerts =
    [
        Series("Slow", "page", "firing", -50), Series("Slow", "ticket", "firing", -50), Series("Possible", "page", "firing", -50, -40),
        Series("Early", "page", "pending", -110), Series("Early", "page", "firing", -90), Series("Past", "page", "firing", -110),
        Series("Pending", "page", "pending", -50), Series("Surprise", "page", "firing", -50, -40, -30),
    ];

    [Fact]
    public async Task Each_that_fired_after_the_faults_is_told_with_its_cause()
    {
        var asked = "";
        await using var app = LoopbackApp.Build(async context =>
        {
            var query = (await context.Request.ReadFormAsync())["query"].ToString();
            asked = query;
            context.Response.Headers.Date = (Now + Skew).ToString("R", CultureInfo.InvariantCulture);
            await context.Response.WriteAsync(query == "time()"
                ? Answer("scalar", $"[1,\"{(Now + Skew).ToUnixTimeSeconds()}\"]")
                : Answer("matrix", $"[{string.Join(',', Alerts)}]"));
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new PrometheusClient(RunningSystem.AddressOf(app));

        var others = await OtherAlerts.FindAsync(
            client, "namespace=\"a\"", Scenario(), Began, new FakeTimeProvider(Now), TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                ("Early", AlertCause.Earlier, 0), ("Possible", AlertCause.Scenario, 10), ("Slow", AlertCause.Scenario, 0),
                ("Surprise", AlertCause.None, 20),
            ],
            others.Select(other => (other.Alert, other.Cause, other.FiringSeconds)));
        Assert.Equal(Now.AddSeconds(-50), others[^1].FiredAt);
        Assert.Equal("ALERTS{namespace=\"a\"}[220s]", asked);
    }

    private static string Answer(string type, string result) =>
        $$$"""{"status":"success","data":{"resultType":"{{{type}}}","result":{{{result}}}}}""";

    private static string Series(string name, string severity, string state, params IEnumerable<int> seconds)
    {
        var values = string.Join(',', seconds.Select(at => $"[{(Now + Skew).ToUnixTimeSeconds() + at},\"1\"]"));
        return $$$"""
            {"metric":{"__name__":"ALERTS","alertname":"{{{name}}}","severity":"{{{severity}}}","alertstate":"{{{state}}}"},
             "values":[{{{values}}}]}
            """;
    }

    private static Scenario Scenario()
    {
        var page = new Dictionary<string, string> { ["severity"] = "page" };
        return new Scenario(
            "Slow", "Slow", "Slow", TimeSpan.FromMinutes(1), [], new ScenarioTraffic(1, ProfileKind.Constant, []),
            new ScenarioSymptoms(
                [], [], [new AlertSymptom("Slow", page, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))],
                [new PossibleAlert("Possible", page)], []));
    }
}
