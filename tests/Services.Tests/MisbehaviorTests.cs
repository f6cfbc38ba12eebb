using System.Net;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>What ratings does wrong on purpose, on a clock that the test turns and with dice that it has loaded.</summary>
public sealed class MisbehaviorTests
{
    private const string Unavailable = """{"error":"Service unavailable"}""";
    private const string Healthy = """{"status":"Ratings is healthy"}""";
    private const string NotHealthy = """{"status":"Ratings is not healthy"}""";

    [Fact]
    public async Task Faulty_answers_503_to_half_of_the_gets_and_to_nothing_else()
    {
        await using var ratings = await StartAsync("v-faulty", new FakeTimeProvider());
        var failed = 0;
        for (var i = 0; i < 400; i++)
        {
            var (status, body) = await GetAsync(ratings, "/ratings/0");
            Assert.True(
                status == HttpStatusCode.OK || (status == HttpStatusCode.ServiceUnavailable && body == Unavailable), $"{status} {body}");
            failed += status == HttpStatusCode.OK ? 0 : 1;
        }

        // The seed makes this the same in every run; with a fair coin it would be missed once in 50 million.
        Assert.InRange(failed, 145, 255);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((HttpStatusCode.OK, Healthy), await GetAsync(ratings, "/health"));
            Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(ratings, "/ratings/x")).Status);
            using var post = await ratings.Client.PostAsync(
                new Uri("/ratings/1", UriKind.Relative), new StringContent("{}"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, post.StatusCode);
        }
    }

    [Fact]
    public async Task Delayed_delays_half_of_the_gets_by_seven_seconds()
    {
        var clock = new DelayCountingClock();
        await using var ratings = await StartAsync("v-delayed", clock);
        var gets = Enumerable.Range(0, 100).Select(_ => GetAsync(ratings, "/ratings/0")).ToList();
        // Each has either been answered without the clock or waits for it.
        await Eventually.HoldsAsync("an answer or a delay for each", () => gets.Count(get => get.IsCompleted) + clock.Delays == gets.Count);
        Assert.InRange(clock.Delays, 30, 70);
        clock.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromMilliseconds(1));
        Assert.Equal((HttpStatusCode.OK, Healthy), await GetAsync(ratings, "/health"));
        Assert.Equal(clock.Delays, gets.Count(get => !get.IsCompleted));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.All(await Task.WhenAll(gets), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
    }

    [Fact]
    public async Task Unavailable_alternates_a_minute_of_service_and_a_minute_of_503()
    {
        var clock = new FakeTimeProvider();
        await using var ratings = await StartAsync("v-unavailable", clock);
        for (var period = 0; period < 4; period++)
        {
            foreach (var step in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(29.999) })
            {
                clock.Advance(step);
                Assert.Equal(
                    period % 2 == 0 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable,
                    (await GetAsync(ratings, "/ratings/0")).Status);
                Assert.Equal((HttpStatusCode.OK, Healthy), await GetAsync(ratings, "/health"));
            }

            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task Unhealthy_alternates_a_quarter_of_an_hour_and_fails_its_health_checks_as_well()
    {
        var clock = new FakeTimeProvider();
        await using var ratings = await StartAsync("v-unhealthy", clock);
        for (var period = 0; period < 4; period++)
        {
            foreach (var step in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(14.99) })
            {
                clock.Advance(step);
                var healthy = period % 2 == 0;
                Assert.Equal(
                    healthy ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, (await GetAsync(ratings, "/ratings/0")).Status);
                Assert.Equal(
                    healthy ? (HttpStatusCode.OK, Healthy) : (HttpStatusCode.InternalServerError, NotHealthy),
                    await GetAsync(ratings, "/health"));
                Assert.Equal(
                    healthy ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, (await GetAsync(ratings, "/health/ready")).Status);
                Assert.Equal(HttpStatusCode.OK, (await GetAsync(ratings, "/health/live")).Status);
            }

            clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMinutes(14.99));
        }
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1-canary")]
    public async Task Other_versions_behave(string version)
    {
        await using var ratings = await StartAsync(version, new FakeTimeProvider());
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(ratings, "/ratings/0")).Status);
        }
    }

    private static Task<RunningService> StartAsync(string version, FakeTimeProvider clock) => RunningService.StartAsync(
        Bookinfo.Ratings.Program.Build, services => services.AddSingleton<TimeProvider>(clock), $"SERVICE_VERSION={version}",
        "RANDOM_SEED=1");

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(RunningService service, string path)
    {
        using var response = await service.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Counts who waits for seven seconds.</summary>
    private sealed class DelayCountingClock : FakeTimeProvider
    {
        private int _delays;

        public int Delays => Volatile.Read(ref _delays);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == TimeSpan.FromSeconds(7))
            {
                Interlocked.Increment(ref _delays);
            }

            return timer;
        }
    }
}
