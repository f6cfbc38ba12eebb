using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>A Prometheus that has had alerts, and whose clock is an hour ahead.</summary>
internal sealed class HistoryPrometheus : IAsyncDisposable
{
    private static readonly TimeSpan Skew = TimeSpan.FromHours(1);

    private readonly WebApplication _app;
    private readonly FakeTimeProvider _time;

    private HistoryPrometheus(FakeTimeProvider time)
    {
        _time = time;
        _app = LoopbackApp.Build(AnswerAsync);
    }

    /// <summary>The alerts that it has had by now, with when each was firing.</summary>
    public Func<IReadOnlyList<AlertSeries>> Alerts { get; set; } = static () => [];

    /// <summary>The alert that it has a rule for.</summary>
    public string Rule { get; init; } = MadeDay.Alert.Alert;

    /// <summary>What is older it has let go.</summary>
    public DateTimeOffset KeptSince { get; init; } = DateTimeOffset.MinValue;

    /// <summary>Since when it has got nothing.</summary>
    public DateTimeOffset KeptUntil { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>How often it was asked for alerts.</summary>
    public int Looks { get; private set; }

    /// <summary>What asks this Prometheus.</summary>
    public PrometheusClient Client { get; private set; } = null!;

    private DateTimeOffset Now => _time.GetUtcNow() + Skew;

    public static async Task<HistoryPrometheus> StartAsync(
        FakeTimeProvider time, string? rule = null, DateTimeOffset keptSince = default, params IReadOnlyList<AlertSeries> alerts)
    {
        var started = new HistoryPrometheus(time) { Alerts = () => alerts, Rule = rule ?? MadeDay.Alert.Alert, KeptSince = keptSince };
        await started._app.StartAsync(TestContext.Current.CancellationToken);
        started.Client = new PrometheusClient(RunningSystem.AddressOf(started._app));
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.Date = Now.ToString("R", CultureInfo.InvariantCulture);
        await context.Response.WriteAsync(context.Request.Path.Value switch
        {
            "/api/v1/rules" => $$$"""{"data":{"groups":[{"rules":[{"type":"alerting","name":"{{{Rule}}}"}]}]}}""",
            "/api/v1/query" => Evaluate(await context.Request.ReadFormAsync()),
            _ => """{"data":{"version":"2.42.0"}}""",
        });
    }

    private string Evaluate(IFormCollection form)
    {
        var query = form["query"].ToString();
        if (query == "time()")
        {
            return Answer("scalar", $"[1,\"{Seconds(Now)}\"]");
        }

        if (query.StartsWith("ALERTS", StringComparison.Ordinal))
        {
            Looks++;
            return Answer("matrix", $"[{string.Join(',', Alerts().Select(Series))}]");
        }

        var at = DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(form["time"].ToString(), CultureInfo.InvariantCulture));
        return Answer("vector", at - Skew >= KeptSince && at - Skew <= KeptUntil ? """[{"metric":{},"value":[1,"6"]}]""" : "[]");
    }

    private static string Series(AlertSeries alert) =>
        $$$"""
        {"metric":{"__name__":"ALERTS","alertname":"{{{alert.Alert}}}","alertstate":"firing","severity":"{{{alert.Labels["severity"]}}}"},
         "values":[{{{string.Join(',', alert.Firing.Select(at => $"[{Seconds(at + Skew)},\"1\"]"))}}}]}
        """;

    private static string Answer(string type, string result) =>
        $$$"""{"status":"success","data":{"resultType":"{{{type}}}","result":{{{result}}}}}""";

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
