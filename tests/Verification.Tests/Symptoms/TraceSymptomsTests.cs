using Bookinfo.Scenarios;

namespace Bookinfo.Verification.Tests;

/// <summary>What a scenario declares of traces, compared with what platforms show.</summary>
public sealed class TraceSymptomsTests : IDisposable
{
    private const string Status = "http.response.status_code";

    private const int Requests = 60;

    private static readonly TraceSymptom Fails = new(
        "reviews fail", "reviews", "server", "GET /reviews/{id}", new Dictionary<string, string> { [Status] = "500" }, "v2",
        Share: new Bounds(0.4, 0.6));

    private static readonly TraceSymptom Missing = new(
        "spans are missing", "reviews", "server", "GET /reviews/{id}", new Dictionary<string, string>(), Share: new Bounds(0.3, 0.7));

    private readonly SampleLedger _ledger = new SampleLedger(SampleLedger.PagePath).Add(Requests, version: "v2");

    public static TheoryData<string> Platforms => [.. SpanPlatform.All.Keys];

    public void Dispose() => _ledger.Dispose();

    [Theory]
    [MemberData(nameof(Platforms))]
    public async Task Every_platform_tells_names_and_attributes_of_spans(string name)
    {
        var run = await _ledger.ExpectAsync();
        await using var platform = await SpanPlatform.All[name].StartAsync(Half(run, Failed));
        using var store = SpanPlatform.All[name].Open(platform.Address, new SpanKeys([Status]));
        var result = await CheckAsync(store, run, Fails);

        Assert.Equal(VerificationVerdict.Exact, result.Verdict);
        Assert.Contains(
            "reviews fail: 30 of 60 spans 'GET /reviews/{id}' of reviews v2, 50.0% (37.7% to 62.3% with 95% confidence).", result.Notes);
    }

    [Fact]
    public async Task What_is_not_shown_is_a_finding()
    {
        var run = await _ledger.ExpectAsync();
        using var store = new MadeStore(MadeSpans.Of(run));
        var finding = Assert.Single((await CheckAsync(store, run, Fails)).Checks.Single().Findings);

        Assert.Equal((FindingKind.SymptomNotSeen, "reviews fail", 1), (finding.Kind, finding.Subject, finding.Missing));
        Assert.Equal(
            "reviews fail: 0 of 60 spans 'GET /reviews/{id}' of reviews v2, 0.0% (0.0% to 6.0% with 95% confidence); the scenario says "
            + "40% to 60%.", finding.Text);
    }

    [Theory]
    [InlineData("GET /reviews/{id}", "v3", "server")]
    [InlineData("GET /reviews", "v2", "server")]
    [InlineData("GET /reviews/{id}", "v2", "client")]
    public async Task A_span_that_is_not_there_is_a_finding(string span, string version, string kind)
    {
        var run = await _ledger.ExpectAsync();
        using var store = new MadeStore(Half(run, Failed));
        var result = await CheckAsync(store, run, Fails with { Span = span, Version = version, Kind = kind });

        Assert.Equal(
            $"reviews fail: there were no spans '{span}' of reviews {version}.", Assert.Single(result.Checks.Single().Findings).Text);
    }

    [Theory]
    [InlineData(0.0005, null, true)]
    [InlineData(1.0, null, false)]
    [InlineData(null, 0.0005, false)]
    public async Task How_long_spans_of_calls_take_is_looked_at(double? above, double? below, bool isRight)
    {
        var run = await _ledger.ExpectAsync();
        using var store = new MadeStore(MadeSpans.Of(run));
        var slow = new TraceSymptom(
            "calls are slow", "reviews", "client", "GET /ratings/{id}", new Dictionary<string, string>(),
            Seconds: new Bounds(above, below));
        var result = await CheckAsync(store, run, slow);

        Assert.Equal(isRight ? VerificationVerdict.Exact : VerificationVerdict.Differs, result.Verdict);
        Assert.All(
            result.Checks.Single().Findings,
            finding => Assert.EndsWith("; the scenario says all (95% at least).", finding.Text, StringComparison.Ordinal));
    }

    /// <summary>A scenario that says nothing of how spans are is about how many of those that must be there are.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Spans_that_are_missing_are_a_share_of_those_that_must_be_there(bool isHalf)
    {
        var run = await _ledger.ExpectAsync();
        using var store = new MadeStore(isHalf ? Half(run, static _ => null) : MadeSpans.Of(run));
        var result = await CheckAsync(store, run, Missing);

        Assert.Equal(isHalf ? VerificationVerdict.Exact : VerificationVerdict.Differs, result.Verdict);
        Assert.StartsWith(
            $"spans are missing: {(isHalf ? 30 : 60)} of 60 spans", result.Notes[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_wrong_when_nothing_happened()
    {
        var run = await _ledger.ExpectAsync();
        using var store = new MadeStore(MadeSpans.Of(run));
        var result = await CheckAsync(store, run, Fails, untold: "Nothing happened.");

        Assert.Equal(VerificationVerdict.Untold, result.Verdict);
        Assert.Equal("Nothing happened.", result.Checks.Single().NotChecked[0]);
    }

    /// <summary>
    /// Requests that were sent before anything was broken, or were not over when the faults were taken away, prove nothing. Each takes
    /// 6 ms.
    /// </summary>
    [Fact]
    public async Task Only_requests_that_were_sent_while_the_faults_were_on_count()
    {
        var run = await _ledger.ExpectAsync();
        using var store = new MadeStore(MadeSpans.Of(run));
        var scenario = MadeDay.Scenario("a");
        scenario = scenario with { Symptoms = scenario.Symptoms with { Traces = [Fails with { Share = new Bounds(Below: 0.1) }] } };
        var begin = run.Start;
        var figures = new AlertFigures(begin, begin.AddMilliseconds(10), begin.AddMilliseconds(35.5), [], [], [], []);
        var signal = new SignalResult("alerts", "there", []) { Alerts = figures };
        var outcome = new AlertOutcome(signal, begin, begin, Load: null);
        var results = await ShowAsync(scenario, outcome, store);

        Assert.Equal(["alerts", "traces"], results.Select(result => result.Signal));
        Assert.StartsWith("reviews fail: 0 of 20 spans", results[1].Notes[^1], StringComparison.Ordinal);

        var soon = outcome with { Signal = signal with { Alerts = figures with { FaultsOffAt = begin.AddMilliseconds(15) } } };
        var untold = await ShowAsync(scenario, soon, store);
        Assert.Equal("The faults were not on for longer than a request took.", untold[1].Checks.Single().NotChecked[0]);

        var unasked = await ShowAsync(scenario, outcome);
        Assert.StartsWith("What the scenario declares of traces was not looked at", Assert.Single(unasked).Notes.Single());
        Assert.Single(await ShowAsync(scenario, outcome with { Signal = signal with { Alerts = null } }, store));
    }

    private Task<IReadOnlyList<SignalResult>> ShowAsync(Scenario scenario, AlertOutcome outcome, params ISpanStore[] stores) =>
        ShownSymptoms.CheckAsync(
            scenario, outcome, _ledger.File, stores, TimeSpan.Zero, TimeProvider.System, static _ => { },
            TestContext.Current.CancellationToken);

    private static MadeSpan? Failed(MadeSpan span) => span with
    {
        Attributes = new Dictionary<string, string>(span.Attributes) { [Status] = "500" },
    };

    /// <summary>The spans of a run, of which every second one of reviews is made into something else.</summary>
    private static List<MadeSpan> Half(RunExpectation run, Func<MadeSpan, MadeSpan?> change)
    {
        var count = 0;
        return
        [
            .. MadeSpans.Of(run).Select(
                span => span is { Service: "reviews", Kind: SpanKind.Server } && count++ % 2 == 0 ? change(span) : span).OfType<MadeSpan>(),
        ];
    }

    private static Task<SignalResult> CheckAsync(ISpanStore store, RunExpectation run, TraceSymptom symptom, string? untold = null) =>
        new TraceSymptoms(store, [symptom], TimeSpan.Zero, TimeProvider.System).CheckAsync(
            run, untold, static _ => { }, TestContext.Current.CancellationToken);
}
