using System.Collections.Concurrent;
using System.Net;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Load.Tests;

/// <summary>Requests without an end: when they are due, that none is lost without being counted, and how it ends.</summary>
public sealed class SteadyLoadTests
{
    private static readonly SteadyOptions Usual = new(
        Connections: 4, TimeSpan.FromMinutes(1), Patience: TimeSpan.FromHours(1), Renewal: TimeSpan.FromHours(1),
        Retry: TimeSpan.FromMilliseconds(20), Seed: 5);

    private readonly ConcurrentQueue<Sample> _samples = [];
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    [Fact]
    public async Task Requests_are_due_at_the_rate_that_is_asked_for()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var load = new SteadyLoad(Usual, TimeProvider.System);
        load.Follow(Even(100));
        var running = RunAsync(load, server);
        await Eventually.HoldsAsync("requests", () => _samples.Count >= 50);
        await _stop.CancelAsync();
        await running;

        var due = _samples.OrderBy(sample => sample.Index).Select(sample => sample.Due).ToList();
        Assert.Equal(Enumerable.Range(0, due.Count), _samples.Select(sample => (int)sample.Index).Order());
        Assert.All(due.Zip(due.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 9_999_000, 10_001_000));
        Assert.Equal(server.Requests, _samples.Count);
        Assert.All(_samples, sample => Assert.Equal(ErrorKind.None, sample.Error));
    }

    [Fact]
    public async Task Another_rate_is_followed_at_once()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var load = new SteadyLoad(Usual, TimeProvider.System);
        // One request now, and the next one after the test has been given up.
        load.Follow(Even(1.0 / 3600));
        var running = RunAsync(load, server);
        await Eventually.HoldsAsync("the first request", () => _samples.Count == 1);

        load.Follow(Even(100));
        await Eventually.HoldsAsync("more requests", () => _samples.Count > 20);
        load.Follow(SteadySettings.None);
        Assert.Equal(0, load.Rate);
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task What_a_stuck_server_could_not_be_sent_is_counted_and_not_sent_later()
    {
        using var release = new SemaphoreSlim(0);
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await release.WaitAsync(cancellationToken);
            release.Release();
            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        var load = new SteadyLoad(Usual with { Connections = 1, Patience = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);
        load.Follow(Even(200));
        var running = RunAsync(load, server);
        await Eventually.HoldsAsync("requests that were not sent", () => load.NotSent > 50);
        release.Release();
        await Eventually.HoldsAsync("requests after that", () => _samples.Count > 10);
        await _stop.CancelAsync();
        await running;

        // Each arrival was sent or counted, and those that were missed were missed in a row, behind the one that was stuck.
        var indexes = _samples.Select(sample => sample.Index).Order().ToList();
        var gaps = indexes[^1] + 1 - indexes.Count;
        Assert.InRange(gaps, 50, load.NotSent);
        Assert.InRange(indexes[1], 50, long.MaxValue);
        Assert.Equal(server.Requests, _samples.Count);
    }

    [Fact]
    public async Task Requests_are_made_anew_without_a_gap()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var load = new SteadyLoad(Usual with { Renewal = TimeSpan.FromMilliseconds(50) }, TimeProvider.System);
        load.Follow(Even(200));
        var made = 0;
        var running = RunAsync(load, server, () => made++);
        await Eventually.HoldsAsync("requests that were made anew", () => Volatile.Read(ref made) > 5);
        await _stop.CancelAsync();
        await running;

        Assert.Equal(Enumerable.Range(0, _samples.Count), _samples.Select(sample => (int)sample.Index).Order());
        Assert.Equal(server.Requests, server.Heads.Select(head => head.Split("traceparent: 00-")[1][..32]).Distinct().Count());
        Assert.InRange(server.Connections, 5 * Usual.Connections, int.MaxValue);
    }

    [Fact]
    public async Task A_target_that_is_not_there_yet_or_not_any_more_is_tried_again()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var load = new SteadyLoad(Usual with { Renewal = TimeSpan.FromMilliseconds(20) }, TimeProvider.System);
        load.Follow(Even(100));
        var made = 0;
        var failures = new ConcurrentQueue<string>();
        var running = RunAsync(
            load, server, () =>
            {
                if (++made != 3)
                {
                    throw new TargetException($"nobody is there, {made}");
                }
            },
            failures.Enqueue);

        await Eventually.HoldsAsync("failures before and after", () => failures.Count > 4);
        var sent = _samples.Count;
        await Eventually.HoldsAsync("requests in spite of them", () => _samples.Count > sent + 5);
        await _stop.CancelAsync();
        await running;

        Assert.Equal(["nobody is there, 1", "nobody is there, 2", "nobody is there, 4"], failures.Take(3));
    }

    [Fact]
    public async Task The_end_waits_for_the_answers_to_what_was_sent()
    {
        using var asked = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            asked.Release();
            await release.WaitAsync(cancellationToken);
            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            return true;
        });
        var load = new SteadyLoad(Usual, TimeProvider.System);
        load.Follow(Even(100));
        var running = RunAsync(load, server);
        for (var connection = 0; connection < Usual.Connections; connection++)
        {
            await asked.WaitAsync(TestContext.Current.CancellationToken);
        }

        await _stop.CancelAsync();
        // A connection that is answered before the end has begun would send its next request.
        await Eventually.HoldsAsync("the end", () => load.Rate == 0);
        Assert.False(running.IsCompleted);
        release.Release(1000);
        await running;

        Assert.Equal(Usual.Connections, server.Requests);
        Assert.Equal(Usual.Connections, _samples.Count(sample => sample.Error == ErrorKind.None));
    }

    [Fact]
    public void What_is_missed_is_exact_to_the_request()
    {
        var time = new FakeTimeProvider();
        var arrivals = new SteadyArrivals(new IndexedRandom(1), TimeSpan.FromSeconds(10), time);
        arrivals.Follow(Even(10));
        time.Advance(TimeSpan.FromSeconds(60.05));
        // Due from 0 s to 50.0 s, ten a second.
        Assert.Equal(501, arrivals.Missed);

        arrivals.Follow(Even(5));
        Assert.Equal(601, arrivals.Missed);
        time.Advance(TimeSpan.FromSeconds(1.9));
        arrivals.End();
        Assert.Equal(611, arrivals.Missed);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(611, arrivals.Missed);
    }

    [Theory]
    [InlineData(ArrivalProcess.Even, 0)]
    [InlineData(ArrivalProcess.Jittered, 1)]
    [InlineData(ArrivalProcess.Poisson, 400)]
    public void A_profile_is_repeated_with_as_many_requests_each_time(ArrivalProcess arrivals, int apart)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var steady = new SteadyArrivals(new IndexedRandom(1), TimeSpan.Zero, time);
        // 0 to 5/s and again: 2.5/s on average, and no whole number of requests in each.
        steady.Follow(new SteadySettings(new ProfileSettings(ProfileKind.Ramp, 5, 61), arrivals));
        time.Advance(TimeSpan.FromSeconds(61 * 100 + 0.001));

        Assert.InRange(steady.Missed, 15_250 - apart, 15_251 + apart);
    }

    /// <summary>As when a container was frozen. One by one they would take hours.</summary>
    [Theory]
    [InlineData(ArrivalProcess.Even, ProfileKind.Constant, 10_000)]
    [InlineData(ArrivalProcess.Jittered, ProfileKind.Ramp, 5_000)]
    [InlineData(ArrivalProcess.Poisson, ProfileKind.Diurnal, 5_500)]
    public void What_is_missed_in_a_long_pause_is_counted_at_once(ArrivalProcess arrivals, ProfileKind kind, double mean)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var steady = new SteadyArrivals(new IndexedRandom(1), TimeSpan.Zero, time);
        steady.Follow(new SteadySettings(new ProfileSettings(kind, 10_000, 3600), arrivals));
        time.Advance(TimeSpan.FromDays(10_000));

        var missed = steady.Missed;
        Assert.InRange(missed, (mean * 86_400 * 10_000) - 1000, (mean * 86_400 * 10_000) + 1000);
        // And then it goes on as before.
        time.Advance(TimeSpan.FromHours(1));
        Assert.InRange(steady.Missed - missed, (mean * 3600) - 1000, (mean * 3600) + 1000);
    }

    [Theory]
    [InlineData(ProfileKind.Constant)]
    [InlineData(ProfileKind.Ramp)]
    [InlineData(ProfileKind.Steps)]
    [InlineData(ProfileKind.Spike)]
    [InlineData(ProfileKind.Diurnal)]
    public void A_rate_that_is_next_to_nothing_is_a_rate(ProfileKind kind)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var steady = new SteadyArrivals(new IndexedRandom(1), TimeSpan.Zero, time);
        steady.Follow(new SteadySettings(new ProfileSettings(kind, 1e-15, 60), ArrivalProcess.Poisson));
        time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, steady.Missed);
        steady.Follow(Even(10));
        time.Advance(TimeSpan.FromSeconds(1.05));
        Assert.Equal(11, steady.Missed);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(6, 11)]
    [InlineData(12, 20)]
    [InlineData(36, 20)]
    public void A_day_begins_at_midnight_whenever_the_traffic_does(double hours, double rate)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddHours(9));
        var steady = new SteadyArrivals(new IndexedRandom(1), TimeSpan.Zero, time);
        steady.Follow(new SteadySettings(new ProfileSettings(ProfileKind.Diurnal, 20, 24 * 3600), ArrivalProcess.Even));
        time.SetUtcNow(DateTimeOffset.UnixEpoch.AddHours(24 + hours));

        Assert.Equal(rate, steady.Rate, 3);
        _ = steady.Missed;
        Assert.Equal(rate, steady.Rate, 3);
    }

    private static SteadySettings Even(double rate) =>
        new(new ProfileSettings(ProfileKind.Constant, rate, 3600), ArrivalProcess.Even);

    private Task RunAsync(SteadyLoad load, LoadServer server, Action? made = null, Action<string>? failed = null) => load.RunAsync(
        (_, _) =>
        {
            made?.Invoke();
            var target = new LoadTarget(server.Address, [IPAddress.Loopback], insecure: false);
            var mix = new TrafficMix([(new RequestTemplate(RequestKind.Path, target.Host, "/x", []), 1)], BookinfoAnswers.Usual);
            return Task.FromResult(new PreparedRequests(target, mix, []));
        },
        _ => new Listener(_samples),
        failed ?? (why => Assert.Fail(why)),
        _stop.Token);

    private sealed class Listener(ConcurrentQueue<Sample> samples) : ILoadObserver
    {
        public void Add(in Sample sample) => samples.Enqueue(sample);
    }
}
