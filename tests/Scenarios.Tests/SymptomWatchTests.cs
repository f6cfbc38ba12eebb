using System.Net;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Scenarios.Tests;

/// <summary>Symptoms are looked for in a Prometheus, here one that answers what the test says.</summary>
public sealed class SymptomWatchTests : IAsyncLifetime
{
    private const string Vector = """{"status":"success","data":{"resultType":"vector","result":""";

    private static readonly ExpectedSymptom Slow = ExpectedSymptom.Of(
        new MetricSymptom(
            "slow", "rate(a[$window])", new Bounds(Above: 1), TimeSpan.FromHours(1), new Bounds(Below: 0.5), TimeSpan.FromHours(1)),
        ExpectedSymptom.UsualWindow);

    private static readonly ExpectedSymptom Quick = Slow with { Within = TimeSpan.FromSeconds(20), Clears = TimeSpan.FromSeconds(20) };

    private readonly FakeTimeProvider _time = new();
    private readonly List<SymptomReport> _reports = [];
    private RecordingBackend _backend = null!;
    private PrometheusClient _prometheus = null!;
    private volatile string _result = "[]";
    private volatile string? _answer;
    private volatile string _arrived = "[]";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _backend = new RecordingBackend(request => RecordingBackend.Answer(
            200,
            request.Target.StartsWith("/api/v2/", StringComparison.Ordinal)
                ? _arrived
                : _answer ?? $$$"""{"status":"success","data":{"resultType":"vector","result":{{{_result}}}}}"""));
        _prometheus = new PrometheusClient(_backend.Address);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _prometheus.Dispose();
        await _backend.DisposeAsync();
    }

    [Fact]
    public async Task It_says_when_a_symptom_was_seen_and_when_it_cleared()
    {
        var watch = Watch(Slow);
        Series("0.9", "3");
        var watching = watch.WatchAsync(Cancelled);
        await GoOnAsync(3);
        Series("1.1", "3");
        await GoOnUntilAsync(watching);

        var seen = Assert.Single(_reports);
        Assert.Equal((SymptomPhase.During, true, "1.1, 3"), (seen.Phase, seen.IsThere, seen.ValuesText));
        Assert.InRange(seen.After, TimeSpan.FromSeconds(2), TimeSpan.FromHours(1));

        // No data says nothing.
        Series();
        watching = watch.WatchEndAsync(Cancelled);
        await GoOnAsync(2);
        Series("NaN");
        await GoOnAsync(2);
        Series("0.2");
        await GoOnUntilAsync(watching);

        var cleared = _reports[^1];
        Assert.Equal((SymptomPhase.After, true, "0.2"), (cleared.Phase, cleared.IsThere, cleared.ValuesText));
        Assert.InRange(cleared.After, TimeSpan.FromSeconds(3), TimeSpan.FromHours(1));
        Assert.Equal(seen.After, Assert.Single(watch.Outcomes).SeenAfter);
        Assert.Equal(cleared.After, Assert.Single(watch.Outcomes).ClearAfter);
    }

    [Fact]
    public async Task What_does_not_come_in_time_is_said_and_not_waited_for_afterwards()
    {
        var watch = Watch(Quick);
        Series("0.9");

        await GoOnUntilAsync(watch.WatchAsync(Cancelled));

        var missed = Assert.Single(_reports);
        Assert.False(missed.IsThere);
        Assert.True(missed.After > TimeSpan.FromSeconds(20));
        Assert.Null(Assert.Single(watch.Outcomes).SeenAfter);
        await watch.WatchEndAsync(Cancelled);
        Assert.Single(_reports);
    }

    [Fact]
    public async Task What_does_not_clear_in_time_is_said()
    {
        var watch = Watch(Quick);
        Series("2");
        await GoOnUntilAsync(watch.WatchAsync(Cancelled));

        await GoOnUntilAsync(watch.WatchEndAsync(Cancelled));

        Assert.Equal((SymptomPhase.After, false), (_reports[^1].Phase, _reports[^1].IsThere));
        Assert.Null(Assert.Single(watch.Outcomes).ClearAfter);
    }

    [Fact]
    public async Task What_is_there_before_is_waited_for_to_go_and_named_if_it_stays()
    {
        Series("2");
        var waiting = Watch(Slow).WaitForCalmAsync(0, Cancelled);
        await GoOnAsync(3);
        Series("1");
        await GoOnUntilAsync(waiting);
        Assert.Empty(await waiting);

        Series("2");
        waiting = Watch(Quick).WaitForCalmAsync(0, Cancelled);
        await GoOnUntilAsync(waiting);
        Assert.Equal(["slow"], await waiting);
    }

    /// <summary>An alert that fires since the scenario ran the last time takes minutes to resolve.</summary>
    [Fact]
    public async Task What_may_take_longer_to_clear_is_waited_for_as_long()
    {
        Series("2");
        var began = _time.GetUtcNow();
        var waiting = Watch(Quick with { Clears = TimeSpan.FromMinutes(1) }).WaitForCalmAsync(0, Cancelled);
        await GoOnUntilAsync(() => _time.GetUtcNow() - began > TimeSpan.FromSeconds(50));
        Assert.False(waiting.IsCompleted);

        Series("1");
        await GoOnUntilAsync(waiting);
        Assert.Empty(await waiting);
    }

    [Fact]
    public async Task A_Prometheus_on_this_machine_is_asked_without_a_proxy()
    {
        using var nobody = new ClosedPort();
        var proxy = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(nobody.Address);
        try
        {
            Series("1");
            Assert.Equal([1], await _prometheus.QueryAsync("up", Cancelled));
        }
        finally
        {
            HttpClient.DefaultProxy = proxy;
        }
    }

    [Fact]
    public async Task A_Prometheus_that_has_just_been_started_is_waited_for()
    {
        Series("1");
        var waiting = Watch(Slow).WaitForCalmAsync(2, Cancelled);
        await GoOnAsync(6);
        Assert.False(waiting.IsCompleted);

        Series("0.5", "1");
        // What stands for the symptom is below its bounds, and together they are less than two processes.
        await GoOnAsync(4);
        Assert.False(waiting.IsCompleted);
        Series("1", "1");
        await GoOnUntilAsync(waiting);
        Assert.Empty(await waiting);
    }

    [Fact]
    public async Task An_alert_is_seen_when_it_fires_and_clears_when_it_is_gone()
    {
        var alert = ExpectedSymptom.Of(new AlertSymptom(
            "Slow", new Dictionary<string, string> { ["severity"] = "page" }, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)));
        Assert.Equal("ALERTS{alertname=\"Slow\",alertstate=\"firing\",severity=\"page\"}", alert.Expression);
        var watch = Watch(alert);

        Series("1");
        await GoOnUntilAsync(watch.WatchAsync(Cancelled));
        Series();
        await GoOnUntilAsync(watch.WatchEndAsync(Cancelled));

        Assert.NotNull(Assert.Single(watch.Outcomes).ClearAfter);
    }

    [Fact]
    public async Task The_arrival_of_an_alert_is_waited_for_from_when_it_fires()
    {
        var alert = new AlertSymptom(
            "Slow", new Dictionary<string, string> { ["severity"] = "page" }, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var arrival = ExpectedSymptom.ArrivalOf(alert, TimeSpan.FromSeconds(5));
        using var alertmanager = new AlertmanagerClient(_backend.Address);
        SymptomWatch Watch() => new(_prometheus, [ExpectedSymptom.Of(alert), arrival], _reports.Add, _time, alertmanager);

        // It fires late, does not arrive, and others do.
        _arrived = """[{"labels":{"alertname":"Slow"}},{"labels":{"alertname":"Fast","severity":"page"}}]""";
        var watch = Watch();
        var watching = watch.WatchAsync(Cancelled);
        await GoOnAsync(40);
        Assert.False(watching.IsCompleted);
        Assert.Empty(_reports);
        Series("1");
        await GoOnUntilAsync(watching);
        Assert.Equal([true, false], _reports.Select(report => report.IsThere));
        Assert.True(_reports[1].After - _reports[0].After > TimeSpan.FromSeconds(5));
        Assert.Contains(_backend.Requests, request => request.Target == "/api/v2/alerts?filter=alertname%3D%22Slow%22");

        // It arrives, and stays there for longer than it fires.
        _arrived = """[{"labels":{"alertname":"Slow","severity":"page","other":"x"}}]""";
        watch = Watch();
        await GoOnUntilAsync(watch.WatchAsync(Cancelled));
        Series();
        var ending = watch.WatchEndAsync(Cancelled);
        await GoOnAsync(3);
        _arrived = "[]";
        await GoOnUntilAsync(ending);
        Assert.All(watch.Outcomes, outcome => Assert.NotNull(outcome.ClearAfter));
    }

    [Fact]
    public void A_longer_window_stands_in_the_question_and_is_waited_for()
    {
        var metric = new MetricSymptom("a", "rate(a[$window])", new(), TimeSpan.FromSeconds(30), new(), TimeSpan.FromSeconds(20));

        var symptom = ExpectedSymptom.Of(metric, TimeSpan.FromMinutes(1));

        Assert.Equal(
            ("rate(a[60s])", TimeSpan.FromSeconds(75), TimeSpan.FromSeconds(65)), (symptom.Expression, symptom.Within, symptom.Clears));
    }

    [Theory]
    [InlineData("""{"status":"error","error":"1:3: parse error"}""", FailureKind.InvalidRequest,
        "Prometheus refuses 'up': 1:3: parse error")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""", FailureKind.InvalidRequest,
        "'up' gives a matrix: it must give a vector or a number.")]
    [InlineData("<html>", FailureKind.TargetUnreachable, "no Prometheus answers at http://127.0.0.1:")]
    [InlineData("{}", FailureKind.TargetUnreachable, "no Prometheus answers at http://127.0.0.1:")]
    [InlineData(Vector + """[{"value":[1,"one"]}]}}""", FailureKind.TargetUnreachable, "no Prometheus answers at http://127.0.0.1:")]
    [InlineData(Vector + """[{"value":[1,null]}]}}""", FailureKind.TargetUnreachable, "no Prometheus answers at http://127.0.0.1:")]
    [InlineData(Vector + """[{"value":[1]}]}}""", FailureKind.TargetUnreachable, "no Prometheus answers at http://127.0.0.1:")]
    [InlineData(Vector + """[{"value":1}]}}""", FailureKind.TargetUnreachable, "no Prometheus answers at http://127.0.0.1:")]
    [InlineData(Vector + """[{"histogram":[1,{}]}]}}""", FailureKind.TargetUnreachable, "no Prometheus answers at http://127.0.0.1:")]
    public async Task An_answer_that_is_none_is_said(string answer, FailureKind kind, string message)
    {
        _answer = answer;

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => _prometheus.QueryAsync("up", Cancelled));

        Assert.Equal(kind, failure.Kind);
        Assert.StartsWith(message, failure.Message);
    }

    [Fact]
    public async Task A_number_is_a_value()
    {
        _answer = """{"status":"success","data":{"resultType":"scalar","result":[1,"+Inf"]}}""";

        Assert.Equal([double.PositiveInfinity], await _prometheus.QueryAsync("1/0", Cancelled));
    }

    private SymptomWatch Watch(ExpectedSymptom symptom) => new(_prometheus, [symptom], _reports.Add, _time);

    private void Series(params string[] values) =>
        _result = $"[{string.Join(',', values.Select(value => $$"""{"metric":{},"value":[1,"{{value}}"]}"""))}]";

    /// <summary>Lets some questions be asked.</summary>
    private Task GoOnAsync(int questions)
    {
        var before = _backend.Requests.Count;
        return GoOnUntilAsync(() => _backend.Requests.Count >= before + questions);
    }

    private Task GoOnUntilAsync(Task task) => GoOnUntilAsync(() => task.IsCompleted);

    /// <summary>A second passes after each question, or after a while when none comes.</summary>
    private Task GoOnUntilAsync(Func<bool> holds)
    {
        var (asked, looks) = (-1, 0);
        return Eventually.HoldsAsync(() =>
        {
            var done = holds();
            if (!done && (_backend.Requests.Count != asked || ++looks % 20 == 0))
            {
                asked = _backend.Requests.Count;
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            return done ? "" : "what goes on";
        });
    }
}
