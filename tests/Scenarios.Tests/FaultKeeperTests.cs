using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.Foundation;
using Bookinfo.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Scenarios.Tests;

/// <summary>Faults are set, renewed, given to who comes later, and taken away: against stand-ins for the management ports.</summary>
public sealed class FaultKeeperTests : IAsyncLifetime
{
    private const string Set = "slow-ratings";

    private readonly FakeTimeProvider _time = new();
    private readonly ManagementClient _client = new();
    private readonly List<string> _said = [];
    private readonly CancellationTokenSource _end = new();
    private FakeService _ratings = null!;
    private FakeService _reviews = null!;
    private FakeTargets _targets = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ratings = await FakeService.StartAsync("ratings-v1");
        _reviews = await FakeService.StartAsync("reviews-v3");
        _targets = new FakeTargets(_ratings, _reviews);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _end.Dispose();
        await _ratings.DisposeAsync();
        await _reviews.DisposeAsync();
    }

    [Fact]
    public async Task They_are_set_where_they_belong_with_names_and_a_time_to_live()
    {
        var keeper = Keeper(
            Fault(["ratings"], """{"delay":{"fixedDelay":"2s"}}"""),
            Fault(["reviews-v3", "ratings-v1"], """{"delay":{"fixedDelay":"1s"}}"""));

        Assert.Equal(["ratings-v1", "reviews-v3"], (await keeper.BeginAsync(Cancelled)).Select(target => target.Name));

        Assert.Equal("30s", _ratings.Sets[Set].Ttl);
        Assert.Equal(
            """[{"delay":{"fixedDelay":"2s"},"name":"delay"},{"delay":{"fixedDelay":"1s"},"name":"delay-2"}]""",
            _ratings.Sets[Set].Rules.GetRawText());
        Assert.Equal("""[{"delay":{"fixedDelay":"1s"},"name":"delay"}]""", _reviews.Sets[Set].Rules.GetRawText());

        Assert.Equal(["ratings-v1", "reviews-v3"], keeper.Holders);
        await keeper.EndAsync(Cancelled);
        Assert.Empty(keeper.Holders);
        Assert.False(_ratings.Has(Set) || _reviews.Has(Set));
    }

    /// <summary>What is under way when it ends is not done after the faults were taken away.</summary>
    [Fact]
    public async Task A_renewal_that_is_under_way_sets_nothing_again()
    {
        var (keeper, keeping) = await BeginAsync();
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _ratings.Receiving = method =>
        {
            if (method != "PUT")
            {
                return Task.CompletedTask;
            }

            arrived.TrySetResult();
            return release.Task;
        };
        await GoOnUntilAsync("a renewal", () => arrived.Task.IsCompleted);
        var given = _ratings.Given;
        await _end.CancelAsync();
        var ending = EndAsync();
        async Task EndAsync()
        {
            Assert.Equal(KeepingEnd.Cancelled, await keeping);
            await keeper.EndAsync(Cancelled);
        }

        Assert.False(ending.IsCompleted);
        release.SetResult();
        await ending;
        await Eventually.HoldsAsync("the renewal", () => _ratings.Given > given);

        Assert.False(_ratings.Has(Set));
    }

    [Fact]
    public async Task Names_that_come_twice_get_numbers_and_stay_short_enough()
    {
        var name = new string('n', FaultRuleReader.LongestName);
        var keeper = Keeper(
            Fault(["ratings"], """{"name":"slow","delay":{"fixedDelay":"1s"}}"""),
            Fault(["ratings"], """{"name":"slow","delay":{"fixedDelay":"2s"}}"""),
            Fault(["ratings"], $$$"""{"name":"{{{name}}}","delay":{"fixedDelay":"3s"}}"""),
            Fault(["ratings"], $$$"""{"name":"{{{name}}}","delay":{"fixedDelay":"4s"}}"""));

        await keeper.BeginAsync(Cancelled);

        Assert.Equal(
            ["slow", "slow-2", name, $"{name[..61]}-2"],
            _ratings.Sets[Set].Rules.EnumerateArray().Select(rule => rule.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task They_are_renewed_every_second_until_that_is_to_end()
    {
        var (_, keeping) = await BeginAsync();

        await GoOnUntilAsync("three renewals", () => _ratings.Given == 4);
        await _end.CancelAsync();

        Assert.Equal(KeepingEnd.Cancelled, await keeping);
        Assert.True(_ratings.Has(Set));
        Assert.False(_reviews.Has(Set));
        Assert.Empty(_said);
    }

    [Fact]
    public async Task A_process_that_is_started_again_or_comes_later_gets_them()
    {
        var (keeper, keeping) = await BeginAsync();

        _ratings.Restart();
        await GoOnUntilAsync("faults after the restart", () => _ratings.Has(Set));
        await using var second = await FakeService.StartAsync("ratings-v2");
        _targets.Services.Add(second);
        await GoOnUntilAsync("faults of the second", () => second.Has(Set));

        await _end.CancelAsync();
        await keeping;
        Assert.Equal(
            [
                "ratings-v1 was started meanwhile, and has the faults now.",
                "ratings-v2 was started meanwhile, and has the faults now.",
            ],
            _said);
        await keeper.EndAsync(Cancelled);
        Assert.Empty(keeper.Holders);
        Assert.False(second.Has(Set));
    }

    [Fact]
    public async Task Who_takes_them_away_ends_it()
    {
        var (_, keeping) = await BeginAsync();

        await _client.RemoveAsync(_ratings.Target, Set, Cancelled);

        await GoOnUntilAsync("the end", () => keeping.IsCompleted);
        Assert.Equal(KeepingEnd.TakenAway, await keeping);
        Assert.False(_ratings.Has(Set));
    }

    /// <summary>A laptop that slept must not break again what its owner has long forgotten.</summary>
    [Fact]
    public async Task What_has_ended_by_itself_meanwhile_is_not_set_again()
    {
        var (_, keeping) = await BeginAsync();
        _ratings.Sets.Clear();

        _time.Advance(FaultKeeper.TimeToLive + TimeSpan.FromSeconds(2));

        Assert.Equal(KeepingEnd.Expired, await keeping);
        Assert.False(_ratings.Has(Set));
        Assert.Equal(["The faults of ratings-v1 were not renewed for 32 s, and have ended by themselves."], _said);
    }

    /// <summary>A service on the same laptop slept as well: by its clock the faults still last.</summary>
    [Fact]
    public async Task What_slept_too_does_not_keep_its_faults()
    {
        var (keeper, keeping) = await BeginAsync();
        Assert.True(_ratings.Has(Set));

        _time.Advance(FaultKeeper.TimeToLive + TimeSpan.FromSeconds(2));

        Assert.Equal(KeepingEnd.Expired, await keeping);
        Assert.Equal(["The faults of ratings-v1 were not renewed for 32 s, and are taken away now."], _said);
        await keeper.EndAsync(Cancelled);
        Assert.False(_ratings.Has(Set));
    }

    /// <summary>Neither does it break anew what was started while it slept.</summary>
    [Fact]
    public async Task What_was_started_while_nobody_looked_for_too_long_gets_nothing()
    {
        var (_, keeping) = await BeginAsync();
        _ratings.Restart();

        _time.Advance(FaultKeeper.TimeToLive + TimeSpan.FromSeconds(2));

        Assert.Equal(KeepingEnd.Expired, await keeping);
        Assert.False(_ratings.Has(Set));
    }

    /// <summary>Nor what took the place of others while the cluster did not answer.</summary>
    [Fact]
    public async Task What_is_found_again_for_the_first_time_after_too_long_gets_nothing()
    {
        var (_, keeping) = await BeginAsync();
        var began = _time.GetUtcNow();
        _targets.Failure = new OperationFailedException(FailureKind.ClusterUnreachable, "no");
        await GoOnUntilAsync(
            "more than the time to live", () => _time.GetUtcNow() - began > FaultKeeper.TimeToLive + TimeSpan.FromSeconds(2));
        await using var other = await FakeService.StartAsync("ratings-v2");
        _targets.Services.Remove(_ratings);
        _targets.Services.Add(other);
        _targets.Failure = null;

        await GoOnUntilAsync("the end, or new faults", () => keeping.IsCompleted || other.Has(Set));

        Assert.False(other.Has(Set));
        Assert.Equal(KeepingEnd.Expired, await keeping);
        Assert.Matches("^The faults of ratings-v2 were not renewed for [0-9]+ s, and have ended by themselves.$", _said[^1]);
    }

    /// <summary>Nobody took them away, even though this process ran all the time.</summary>
    [Fact]
    public async Task What_could_not_be_renewed_for_too_long_has_ended_by_itself()
    {
        var (_, keeping) = await BeginAsync();
        var began = _time.GetUtcNow();
        _ratings.Fails = 500;
        await GoOnUntilAsync("more than the time to live", () => _time.GetUtcNow() - began > FaultKeeper.TimeToLive);
        _ratings.Sets.Clear();
        _ratings.Fails = null;

        await GoOnUntilAsync("the end", () => keeping.IsCompleted);

        Assert.Equal(KeepingEnd.Expired, await keeping);
        Assert.False(_ratings.Has(Set));
        Assert.Matches("^The faults of ratings-v1 were not renewed for [0-9]+ s, and have ended by themselves.$", _said[^1]);
    }

    [Fact]
    public async Task That_a_process_does_not_answer_is_said_once_and_ends_nothing()
    {
        var (keeper, keeping) = await BeginAsync();

        _ratings.Fails = 500;
        await GoOnUntilAsync("a word about it", () => _said.Count > 0);
        for (var second = 0; second < 3; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["ratings-v1 answered 500: rules[0].delay must have fixedDelay"], _said);
        await keeper.EndAsync(Cancelled);
        Assert.Equal(["ratings-v1"], keeper.Holders);
        _ratings.Fails = null;
        await GoOnUntilAsync("renewals again", () => _ratings.Given > 1);
        await _end.CancelAsync();
        Assert.Equal(KeepingEnd.Cancelled, await keeping);
    }

    [Fact]
    public async Task A_scenario_that_is_on_already_is_not_set_twice()
    {
        await Keeper(Slow).BeginAsync(Cancelled);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => Keeper(Slow).BeginAsync(Cancelled));

        Assert.Equal(FailureKind.InvalidRequest, failure.Kind);
        Assert.StartsWith("'slow-ratings' is on already, at ratings-v1: ", failure.Message);
        Assert.Equal(1, _ratings.Given);
    }

    [Fact]
    public async Task What_does_not_run_is_said()
    {
        var failure = await Assert.ThrowsAsync<OperationFailedException>(
            () => Keeper(Fault(["details", "reviews-v2"], """{"crash":{}}""")).BeginAsync(Cancelled));

        Assert.Equal(FailureKind.NotDeployed, failure.Kind);
        Assert.Equal("nothing of details, reviews-v2 runs in the test, and 'slow-ratings' is about that.", failure.Message);
    }

    [Theory]
    [InlineData("""{"error":"rules[0].delay must have fixedDelay"}""", "answered 400: rules[0].delay must have fixedDelay.")]
    [InlineData("""{"error":"It says no."}""", "answered 400: It says no.")]
    [InlineData("no way\n", "answered 400: no way.")]
    [InlineData("", "answered 400.")]
    public async Task A_service_that_refuses_is_named_with_its_reason(string body, string said)
    {
        (_ratings.Fails, _ratings.Refusal) = (400, body);

        var failure = await Assert.ThrowsAsync<OperationFailedException>(() => Keeper(Slow).BeginAsync(Cancelled));

        Assert.Equal(FailureKind.TargetUnreachable, failure.Kind);
        Assert.Equal($"ratings-v1 takes no faults: its management port {said}", failure.Message);
    }

    /// <summary>Where a port-forward has ended, nobody knows of the process behind it.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_process_that_is_gone_has_no_faults_left(bool isForwarded, int left)
    {
        _ratings.IsForwarded = isForwarded;
        var keeper = Keeper(Slow);
        await keeper.BeginAsync(Cancelled);
        await _ratings.DisposeAsync();

        await keeper.EndAsync(Cancelled);

        Assert.Equal(left, keeper.Holders.Count);
    }

    [Fact]
    public async Task Nor_has_a_pod_that_is_no_longer_there()
    {
        var keeper = Keeper(Slow);
        await keeper.BeginAsync(Cancelled);
        _targets.Services.Remove(_ratings);

        await keeper.EndAsync(Cancelled);

        Assert.Empty(keeper.Holders);
    }

    [Theory]
    [InlineData(FailureKind.NotDeployed, 0)]
    [InlineData(FailureKind.ClusterUnreachable, 1)]
    public async Task Where_nothing_runs_any_more_nothing_is_left_on(FailureKind kind, int left)
    {
        var keeper = Keeper(Slow);
        await keeper.BeginAsync(Cancelled);
        _targets.Failure = new OperationFailedException(kind, "no");

        await keeper.EndAsync(Cancelled);

        Assert.Equal(left, keeper.Holders.Count);
    }

    [Fact]
    public async Task The_overview_tells_and_takes_away_what_was_set_over_the_management_port_only()
    {
        await Keeper(Slow).BeginAsync(Cancelled);
        _ratings.Sets["own"] = _ratings.Sets[Set];
        _reviews.Sets["other"] = _ratings.Sets[Set];
        var overview = new FaultOverview(_targets, _client, TimeProvider.System);

        Assert.Equal(
            ["ratings-v1: slow-ratings, own", "reviews-v3: other"],
            (await overview.ReadAsync(Cancelled)).Select(
                process => $"{process.Target.Name}: {string.Join(", ", process.Status!.Sets.Select(set => set.Name))}"));

        var one = await overview.RemoveAsync(Set, Cancelled);
        Assert.Equal([("ratings-v1", Set)], one.Removed);
        Assert.True(_reviews.Has("other"));

        var rest = await overview.RemoveAsync(null, Cancelled);
        Assert.Equal([("reviews-v3", "other")], rest.Removed);
        Assert.True(_ratings.Has("own"));

        _reviews.Fails = 500;
        Assert.Equal(["reviews-v3"], (await overview.RemoveAsync(null, Cancelled)).Silent.Select(process => process.Target.Name));
    }

    private static ScenarioFault Slow => Fault(["ratings"], """{"delay":{"fixedDelay":"2s"}}""");

    private static ScenarioFault Fault(string[] services, string rule) =>
        new(services) { Rule = JsonElement.Parse(rule).EnumerateObject().ToDictionary(one => one.Name, one => one.Value) };

    /// <summary>Makes ratings slow, and goes on renewing that.</summary>
    private async Task<(FaultKeeper Keeper, Task<KeepingEnd> Keeping)> BeginAsync()
    {
        var keeper = Keeper(Slow);
        await keeper.BeginAsync(Cancelled);
        return (keeper, keeper.KeepAsync(_end.Token));
    }

    private FaultKeeper Keeper(params ScenarioFault[] faults) => new(_targets, _client, Set, faults, text =>
    {
        lock (_said)
        {
            _said.Add(text);
        }
    }, _time);

    private Task GoOnUntilAsync(string what, Func<bool> holds) => Eventually.HoldsAsync(() =>
    {
        var done = holds();
        if (!done)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return done ? "" : what;
    });
}
