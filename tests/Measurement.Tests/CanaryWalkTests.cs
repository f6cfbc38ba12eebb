using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Measurement.Tests;

/// <summary>Canaries that walk: which steps they take, when they go back, and what stays when they are stopped.</summary>
public sealed class CanaryWalkTests : ICanaryView
{
    private readonly List<string> _steps = [];
    private readonly List<string> _watched = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_walks_to_its_end_while_everything_holds()
    {
        await using var server = new LoadServer(Ok);
        var split = new FakeSplit("v1=100");

        var outcome = await WalkAsync(split, server, "v1=80,v3=20", "error-rate>1%");

        Assert.Equal((CanaryEnd.Arrived, "v1=80,v3=20"), (outcome.End, outcome.Shares));
        Assert.Equal(["v1=90,v3=10", "v1=80,v3=20"], split.Set);
        Assert.Equal(0, split.Restored);
        Assert.Equal(["1/2 v1=90,v3=10", "40 sent, 0 failed", "2/2 v1=80,v3=20", "40 sent, 0 failed"], _steps);
        Assert.All(outcome.Steps, step => Assert.Equal((40, 40), (step.Measured.Told, step.Measured.Versions["v1"].Count)));
    }

    [Fact]
    public async Task It_goes_back_when_a_step_fails_and_takes_no_further_one()
    {
        var split = new FakeSplit("v1=100");
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream,
                split.Set.Count >= 2 && number % 10 == 0 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : Ok,
                cancellationToken);
            return true;
        });

        var outcome = await WalkAsync(split, server, "v3=100", "error-rate>1%");

        Assert.Equal((CanaryEnd.Failed, "v1=100"), (outcome.End, outcome.Shares));
        Assert.Equal(["v1=90,v3=10", "v1=80,v3=20"], split.Set);
        Assert.Equal((1, "v1=100"), (split.Restored, split.Now));
        Assert.Equal(
            [
                "Setting v1=90,v3=10", "Sending page views to v1=90,v3=10", "Setting v1=80,v3=20", "Sending page views to v1=80,v3=20",
                "Going back to v1=100",
            ],
            _watched);
    }

    /// <summary>An hour is not waited for.</summary>
    [Fact]
    public async Task It_goes_back_as_soon_as_a_step_cannot_hold_any_more()
    {
        await using var server = new LoadServer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        var split = new FakeSplit("v1=100");

        var outcome = await WalkAsync(
            split, server, "v3=100", "error-rate>0.01%", Usual("error-rate>0.01%") with { Every = TimeSpan.FromHours(1) });

        Assert.Equal(CanaryEnd.Failed, outcome.End);
        Assert.Equal(1, split.Restored);
        // 0.01% of 360,000: before the 37th failure it cannot be sure.
        Assert.InRange(Assert.Single(outcome.Steps).Measured.Failed, 37, 100_000);
    }

    [Theory]
    [InlineData(true, CanaryEnd.Inconclusive, 1)]
    [InlineData(false, CanaryEnd.Arrived, 0)]
    public async Task What_cannot_be_decided_counts_as_the_user_says(bool needsProof, CanaryEnd end, int restored)
    {
        await using var server = new LoadServer(Ok);
        var split = new FakeSplit("v1=100");

        // A p99 takes more than 40 page views.
        var outcome = await WalkAsync(
            split, server, "v1=90,v3=10", "p99>30s", Usual("p99>30s") with { NeedsProof = needsProof });

        Assert.Equal((end, restored), (outcome.End, split.Restored));
    }

    [Fact]
    public async Task What_is_set_stays_when_it_is_stopped()
    {
        await using var server = new LoadServer(Ok);
        var split = new FakeSplit("v1=100");
        using var stop = new CancellationTokenSource();
        var walking = WalkAsync(
            split, server, "v3=100", "error-rate>1%", Usual("error-rate>1%") with { Every = TimeSpan.FromHours(1) }, stop.Token);
        await Eventually.HoldsAsync("page views", () => server.Requests > 10);
        await stop.CancelAsync();

        var outcome = await walking;
        Assert.Equal((CanaryEnd.Interrupted, "v1=90,v3=10"), (outcome.End, outcome.Shares));
        Assert.Equal((0, "v1=90,v3=10"), (split.Restored, split.Now));
    }

    [Fact]
    public async Task A_step_that_cannot_be_taken_is_taken_back()
    {
        await using var server = new LoadServer(Ok);
        var split = new FakeSplit("v1=100") { Fails = 2 };

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => WalkAsync(split, server, "v3=100", "error-rate>1%"));

        Assert.Equal(FailureKind.ServiceFailed, failure.Kind);
        Assert.Equal("v1=80,v3=20 could not be set, and it is v1=100 again, as before. no room", failure.Message);
        Assert.Equal((1, "v1=100"), (split.Restored, split.Now));
    }

    /// <summary>Nobody sees whether the version is well then.</summary>
    [Fact]
    public async Task A_step_that_cannot_be_measured_is_taken_back()
    {
        await using var server = new LoadServer(Ok);
        var split = new FakeSplit("v1=100");
        var probe = new FailingProbe(await ProbeAsync(server), fails: 2);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => new CanaryWalk(split, probe, Usual("error-rate>1%"), this).RunAsync(
                VersionShares.TryParse("v3=100")!, Cancelled, Cancelled));

        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.Equal("v1=80,v3=20 could not be measured, and it is v1=100 again, as before. no threads", failure.Message);
        Assert.Equal(["v1=90,v3=10", "v1=80,v3=20"], split.Set);
        Assert.Equal((1, "v1=100"), (split.Restored, split.Now));
    }

    [Theory]
    [InlineData(1, "v1=90,v3=10 could not be set (no room), and it could not go back to v1=100. no way back")]
    [InlineData(0, "v1=90,v3=10 violates a condition, and it could not go back to v1=100. no way back")]
    public async Task That_it_could_not_go_back_is_told_with_the_reason_for_going_back(int fails, string message)
    {
        await using var server = new LoadServer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        var split = new FakeSplit("v1=100") { Fails = fails, HasWayBack = false };

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => WalkAsync(split, server, "v3=100", "error-rate>1%"));

        Assert.Equal((FailureKind.ClusterUnreachable, message), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task Who_is_there_already_does_not_walk()
    {
        await using var server = new LoadServer(Ok);
        var split = new FakeSplit("v1=80,v3=20");
        var outcome = await WalkAsync(split, server, "v1=80,v3=20", "error-rate>1%");
        Assert.Equal(CanaryEnd.Arrived, outcome.End);
        Assert.Empty(split.Set);
    }

    [Fact]
    public void The_text_says_who_gets_what_and_what_lies_outside()
    {
        var measured = new SplitMeasurement(
            4, 200, 3, 0, VersionShares.AllVersions.ToDictionary(
                version => version,
                version => ShareEstimate.From(version switch { "v1" => 120, "v3" => 80, _ => 0 }, 200)),
            [], Interrupted: false);
        var report = CanaryReport.Of(new FakeSplit("v1=80,v3=20"), new SplitState(VersionShares.TryParse("v1=80,v3=20")!, "4 and 1", ""))
            with
        {
            Measured = measured,
        };

        Assert.Equal(
            [
                "VERSION  ASKED  MEASURED  95% INTERVAL    PAGE VIEWS",
                "v1         80%     60.0%  53.1% to 66.5%         120",
                "v3         20%     40.0%  33.5% to 46.9%          80",
                "Divided by a fake: 4 and 1.",
                "200 page views in 4 s, of which 3 failed.",
                "v1 does not get the 80% that were asked for: that is outside of the interval.",
                "v3 does not get the 20% that were asked for: that is outside of the interval.",
            ],
            CanaryText.Lines(report));
    }

    async Task<T> ICanaryView.WatchAsync<T>(string what, Task<T> work)
    {
        _watched.Add(what);
        return await work;
    }

    void ICanaryView.Taken(int number, int count, SplitState state) => _steps.Add($"{number}/{count} {state.Shares}");

    void ICanaryView.Measured(SplitState state, SplitMeasurement measured) =>
        _steps.Add(string.Create(CultureInfo.InvariantCulture, $"{measured.Sent} sent, {measured.Failed} failed"));

    private static string Ok => FakePage.Ok;

    private static CanaryWalkOptions Usual(string condition) =>
        new(10, TimeSpan.FromSeconds(0.4), Rate: 100, [LoadCondition.TryParse(condition)!], NeedsProof: true);

    private async Task<CanaryOutcome> WalkAsync(
        FakeSplit split, LoadServer server, string target, string condition, CanaryWalkOptions? options = null,
        CancellationToken? stop = null)
    {
        return await new CanaryWalk(split, await ProbeAsync(server), options ?? Usual(condition), this).RunAsync(
            VersionShares.TryParse(target)!, stop ?? Cancelled, Cancelled);
    }

    private static Task<SplitProbe> ProbeAsync(LoadServer server) =>
        SplitProbe.CreateAsync(new Uri(server.Address, "/productpage"), TimeProvider.System, Cancelled);

    private sealed class FailingProbe(SplitProbe probe, int fails) : ISplitProbe
    {
        private int _runs;

        public Task<SplitMeasurement> RunAsync(
            double rate, TimeSpan duration, IReadOnlyList<LoadCondition> conditions, CancellationToken stop, CancellationToken kill) =>
            ++_runs == fails
                ? throw new OperationFailedException(FailureKind.InvalidRequest, "no threads")
                : probe.RunAsync(rate, duration, conditions, stop, kill);
    }

    private sealed class FakeSplit(string shares) : IVersionSplit
    {
        public string Now { get; private set; } = shares;

        public List<string> Set { get; } = [];

        public int Restored { get; private set; }

        /// <summary>Which change fails, from 1.</summary>
        public int Fails { get; init; }

        /// <summary>Whether it can go back.</summary>
        public bool HasWayBack { get; init; } = true;

        public string Description => "a fake";

        public Task<Uri> FindPageAsync(CancellationToken cancellationToken) => throw new InvalidOperationException();

        public Task<SplitState> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(State());

        public Task<SplitState> SetAsync(VersionShares shares, CancellationToken cancellationToken)
        {
            Set.Add($"{shares}");
            Now = $"{shares}";
            return Set.Count == Fails
                ? throw new OperationFailedException(FailureKind.ServiceFailed, "no room")
                : Task.FromResult(State());
        }

        public Task<SplitState?> RestoreAsync(SplitState? state, CancellationToken cancellationToken)
        {
            if (!HasWayBack)
            {
                throw new OperationFailedException(FailureKind.ClusterUnreachable, "no way back");
            }

            Restored++;
            Now = state!.Raw;
            return Task.FromResult<SplitState?>(State());
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private SplitState State() => new(VersionShares.TryParse(Now)!, null, Now);
    }
}
