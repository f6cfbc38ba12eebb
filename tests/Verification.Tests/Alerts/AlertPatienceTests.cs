using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Scenarios;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// How long an alert is waited for, by the clock of the test: a stand-in for Prometheus fires and resolves it as long after the beginning
/// and the end as the test says. The trouble is one of traffic, which the stand-in makes up.
/// </summary>
public sealed class AlertPatienceTests : IScenarioObserver, IFaultTargets
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private DateTimeOffset? _beganAt;
    private DateTimeOffset? _endedAt;
    private int _questions;
    private TimeSpan _fires;
    private TimeSpan _resolves;

    string IFaultTargets.Description => "the test";

    Uri? IFaultTargets.Prometheus => null;

    [Theory]
    [InlineData(20, 20, null)]
    [InlineData(65, 20, FindingKind.Late)]
    [InlineData(100_000, 0, FindingKind.AlertNotFired)]
    [InlineData(20, 65, FindingKind.Late)]
    [InlineData(20, 100_000, FindingKind.AlertNotResolved)]
    public async Task What_is_late_is_not_lost(int fires, int resolves, FindingKind? kind)
    {
        (_fires, _resolves) = (TimeSpan.FromSeconds(fires), TimeSpan.FromSeconds(resolves));
        await using var app = LoopbackApp.Build(AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new PrometheusClient(RunningSystem.AddressOf(app));
        var token = TestContext.Current.CancellationToken;

        var verifying = new AlertVerification(
            Scenario, client, alertmanager: null, new AlertOptions(ExpectedSymptom.UsualWindow, Patience, "", Seed: 1), _time)
            .RunAsync(this, page: null, this, static _ => { }, token, token);
        var (asked, looks) = (-1, 0);
        await Eventually.HoldsAsync(() =>
        {
            // A few seconds pass after each question, or after a while when none comes.
            if (!verifying.IsCompleted && (_questions != asked || ++looks % 20 == 0))
            {
                asked = _questions;
                _time.Advance(TimeSpan.FromSeconds(5));
            }

            return verifying.IsCompleted ? "" : "the end";
        });

        var signal = (await verifying).Signal;
        Assert.Equal(kind, signal.Checks.SelectMany(check => check.Findings).SingleOrDefault()?.Kind);
        Assert.Equal(fires < 100_000, Assert.Single(signal.Alerts!.Alerts).FiredAfterSeconds is not null);
        Assert.Null(signal.Alerts.FirstInjectedAt);
    }

    Task<Uri> IFaultTargets.FindPageAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<int> IFaultTargets.CountAsync(CancellationToken cancellationToken) => Task.FromResult(0);

    Task<IReadOnlyList<FaultTarget>> IFaultTargets.FindAsync(
        IReadOnlyCollection<string>? services, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FaultTarget>>([]);

    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;

    void IScenarioObserver.Began(IReadOnlyList<FaultTarget> targets) => _beganAt = _time.GetUtcNow();

    void IScenarioObserver.Saw(SymptomReport report)
    {
    }

    void IScenarioObserver.Ended(ScenarioEnd end, IReadOnlyList<string> leftOn) => _endedAt = _time.GetUtcNow();

    private static Scenario Scenario { get; } = new(
        "Slow", "Slow", "Slow", TimeSpan.FromMinutes(1), [], new ScenarioTraffic(1, ProfileKind.Constant, []),
        new ScenarioSymptoms([], [], [new AlertSymptom("Slow", new Dictionary<string, string>(), Limit, Limit)], [], []));

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path.EndsWith("/rules", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync(
                """{"data":{"groups":[{"rules":[{"type":"recording","name":"a"},{"type":"alerting","name":"Slow"}]}]}}""");
            return;
        }

        if (path.EndsWith("/buildinfo", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync("""{"data":{"version":"1"}}""");
            return;
        }

        var query = (await context.Request.ReadFormAsync())["query"].ToString();
        var now = _time.GetUtcNow();
        context.Response.Headers.Date = now.ToString("R", CultureInfo.InvariantCulture);
        var isFiring = now - _beganAt >= _fires && !(now - _endedAt >= _resolves);
        await context.Response.WriteAsync(query switch
        {
            "time()" => Answer("scalar", $"[1,\"{now.ToUnixTimeSeconds()}\"]"),
            _ when query.EndsWith(']') => Answer("matrix", "[]"),
            _ => Answer("vector", isFiring ? """[{"metric":{},"value":[1,"1"]}]""" : "[]"),
        });
        Interlocked.Increment(ref _questions);
    }

    private static string Answer(string type, string result) =>
        $$$"""{"status":"success","data":{"resultType":"{{{type}}}","result":{{{result}}}}}""";
}
