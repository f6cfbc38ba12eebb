using System.Text.Json;
using Bookinfo.Foundation;
using Bookinfo.Load;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Scenarios.Tests;

/// <summary>How a scenario goes on and ends, with services and a Prometheus that do what the test says, by the clock of the test.</summary>
public sealed class ScenarioRunTests : IAsyncLifetime, IScenarioObserver
{
    private const string Set = "mine";

    private static readonly TimeSpan FiresAfter = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ResolvesAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _time = new();
    private readonly ManagementClient _client = new();
    private readonly List<string> _events = [];
    private readonly CancellationTokenSource _stop = new();
    private FakeService _ratings = null!;
    private FakeService _reviews = null!;
    private Exception? _failure;
    private DateTimeOffset? _onAt;
    private DateTimeOffset? _offAt;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ratings = await FakeService.StartAsync("ratings-v1");
        _reviews = await FakeService.StartAsync("reviews-v3");
        _ratings.Answering = method =>
        {
            (_onAt, _offAt) = (method == "PUT" ? _onAt ?? _time.GetUtcNow() : _onAt, method == "DELETE" ? _time.GetUtcNow() : _offAt);
            return Task.CompletedTask;
        };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _stop.Dispose();
        await _ratings.DisposeAsync();
        await _reviews.DisposeAsync();
    }

    void IScenarioObserver.Began(IReadOnlyList<FaultTarget> targets) =>
        Note($"began {string.Join(' ', targets.Select(target => target.Name))}");

    void IScenarioObserver.Saw(SymptomReport report)
    {
        Note($"{report.Phase} {report.Symptom.Name} {(report.IsThere ? "is there" : "is missing")}");
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    void IScenarioObserver.Ended(ScenarioEnd end, IReadOnlyList<string> leftOn) => Note($"ended {end}, left: {string.Join(' ', leftOn)}");

    [Fact]
    public async Task A_check_waits_for_alerts_to_fire_and_to_resolve()
    {
        await using var prometheus = await FakePrometheus.StartAsync(expression =>
        {
            double? alerts = IsFiring() ? 1 : null;
            return expression.StartsWith("ALERTS", StringComparison.Ordinal) ? alerts : _ratings.Has(Set) ? 3 : 0.1;
        });
        using var client = new PrometheusClient(prometheus.Address);
        var least = FiresAfter * 2;
        var running = Run(client, "ratings").RunAsync(
            new ScenarioRunOptions(TimeSpan.FromMinutes(1), Check: true, Least: least), _stop.Token, Cancelled);

        // A second passes after each question, or after a while when none comes.
        var (asked, looks) = (-1, 0);
        await Eventually.HoldsAsync(() =>
        {
            if (!running.IsCompleted && (prometheus.Questions != asked || ++looks % 20 == 0))
            {
                asked = prometheus.Questions;
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            return running.IsCompleted ? "" : "the end";
        });

        var outcome = await running;
        Assert.Equal(ScenarioEnd.Checked, outcome.End);
        Assert.Equal(
            [
                "began ratings-v1", "During slow is there", "During alert Slow is there", "ended Checked, left: ",
                "After slow is there", "After alert Slow is there",
            ],
            _events);
        // To within the seconds that pass between the tool's questions.
        var alert = outcome.Symptoms[1];
        Assert.InRange(alert.SeenAfter!.Value, FiresAfter / 2, Patience);
        Assert.InRange(alert.ClearAfter!.Value, ResolvesAfter / 2, Patience);
        Assert.False(_ratings.Has(Set));
        // All had been seen before.
        Assert.InRange(_offAt!.Value - _onAt!.Value, least, Patience);
    }

    [Fact]
    public async Task What_is_left_on_is_said_when_the_scenario_could_not_begin()
    {
        (_reviews.Fails, _reviews.FailingMethod) = (500, "PUT");
        (_ratings.Fails, _ratings.FailingMethod) = (500, "DELETE");

        await Assert.ThrowsAsync<OperationFailedException>(RunAsync);

        Assert.Equal(["ended Failed, left: ratings-v1"], _events);
    }

    [Fact]
    public async Task What_is_left_on_is_said_when_it_was_interrupted_while_it_began()
    {
        (_ratings.Fails, _ratings.FailingMethod) = (500, "DELETE");
        _ratings.Answering = method => method == "PUT" ? _stop.CancelAsync() : Task.CompletedTask;

        await Record.ExceptionAsync(RunAsync);

        Assert.Equal("ended Interrupted, left: ratings-v1", _events[^1]);
    }

    [Fact]
    public async Task What_is_left_on_is_said_when_Prometheus_does_not_answer_any_more()
    {
        (_ratings.Fails, _ratings.FailingMethod) = (500, "DELETE");
        await using var prometheus = await FakePrometheus.StartAsync(
            _ => _ratings.Has(Set) ? throw new InvalidOperationException("on purpose") : null);
        using var client = new PrometheusClient(prometheus.Address);

        await Assert.ThrowsAsync<OperationFailedException>(() => Run(client, "ratings").RunAsync(
            new ScenarioRunOptions(TimeSpan.FromMinutes(1), Check: true), _stop.Token, Cancelled));

        Assert.Equal(["began ratings-v1", "ended Failed, left: ratings-v1"], _events);
    }

    [Fact]
    public async Task Without_a_check_it_goes_on_and_says_so_whatever_ends_the_looking()
    {
        _failure = new NotSupportedException("This is not foreseen.");
        await using var prometheus = await FakePrometheus.StartAsync(_ => 3);
        using var client = new PrometheusClient(prometheus.Address);
        var running = Run(client, "ratings").RunAsync(
            new ScenarioRunOptions(TimeSpan.FromMinutes(1), Check: false), _stop.Token, Cancelled);

        const string Said = "Symptoms are not looked for any more: This is not foreseen (NotSupportedException).";
        await Eventually.HoldsAsync(() => Has(Said) || running.IsCompleted ? "" : "what is said");
        Assert.True(_ratings.Has(Set));
        await _stop.CancelAsync();

        Assert.Equal(ScenarioEnd.Interrupted, (await running).End);
        Assert.Equal(["began ratings-v1", "During slow is there", Said, "ended Interrupted, left: "], _events);
    }

    [Fact]
    public async Task Nothing_is_said_of_an_end_when_nothing_was_ever_on()
    {
        _ratings.Fails = _reviews.Fails = 500;

        await Assert.ThrowsAsync<OperationFailedException>(RunAsync);

        Assert.Empty(_events);
    }

    private Task RunAsync() => Run(null, "ratings", "reviews-v3").RunAsync(
        new ScenarioRunOptions(TimeSpan.FromMinutes(1), Check: false), _stop.Token, Cancelled);

    /// <summary>A scenario with a metric and an alert, for which something else sends requests.</summary>
    private ScenarioRun Run(PrometheusClient? prometheus, params string[] services)
    {
        var fault = new ScenarioFault(services)
        {
            Rule = new() { ["delay"] = JsonElement.Parse("""{"fixedDelay":"2s"}""") },
        };
        ExpectedSymptom[] symptoms =
        [
            ExpectedSymptom.Of(
                new MetricSymptom("slow", "rate(a[$window])", new Bounds(Above: 1), Patience, new Bounds(Below: 0.5), Patience),
                ExpectedSymptom.UsualWindow),
            ExpectedSymptom.Of(new AlertSymptom("Slow", new Dictionary<string, string>(), Patience, Patience)),
        ];
        IScenarioObserver observer = this;
        return new ScenarioRun(
            new ScenarioTraffic(10, ProfileKind.Constant, []),
            new FaultKeeper(new FakeTargets(_ratings, _reviews), _client, Set, [fault], Note, _time),
            load: null,
            prometheus is null ? null : new SymptomWatch(prometheus, symptoms, observer.Saw, _time),
            observer,
            Note,
            _time);
    }

    private bool IsFiring()
    {
        var now = _time.GetUtcNow();
        return now - _onAt >= FiresAfter && (_offAt is null || now - _offAt < ResolvesAfter);
    }

    private bool Has(string what)
    {
        lock (_events)
        {
            return _events.Contains(what);
        }
    }

    private void Note(string what)
    {
        lock (_events)
        {
            _events.Add(what);
        }
    }
}
