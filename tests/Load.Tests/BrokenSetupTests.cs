using Bookinfo.Measurement;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Load.Tests;

/// <summary>A system that is broken when the load begins is loaded all the same, and what failed before the start is told.</summary>
public sealed class BrokenSetupTests
{
    private const string Broken = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST /login ", 10, true)]
    [InlineData("GET /productpage ", 1, false)]
    public async Task It_does_without_what_fails(string broken, int failures, bool hasAssets)
    {
        await using var server = new LoadServer(async (number, head, stream, cancellationToken) =>
        {
            if (!head.StartsWith(broken, StringComparison.Ordinal))
            {
                return await FakePage.AnswerAsync(number, head, stream, cancellationToken);
            }

            await LoadServer.SendAsync(stream, Broken, cancellationToken);
            return true;
        });

        var result = await RunAsync(server);

        Assert.Equal(11, result.Total.Setup);
        Assert.Equal([KeyValuePair.Create("status 503", (long)failures)], result.Total.SetupErrors);
        Assert.Equal(failures < 10, result.Total.Count(RequestKind.User) > 0);
        Assert.Equal(hasAssets, result.Total.Count(RequestKind.Asset) > 0);
        Assert.NotEqual(0, result.Total.Count(RequestKind.Visitor));
        var report = LoadReport.From(result);
        Assert.Equal(failures, report.SetupErrors!["status 503"]);
        Assert.StartsWith(
            $"{failures} of the 11 requests before the start failed (status 503: {failures}).",
            Assert.Single(report.Warnings, warning => warning.Code == "setup-failed").Text);
    }

    [Fact]
    public async Task Workers_of_which_only_some_could_sign_users_in_still_send_the_same_requests()
    {
        await using var server = new LoadServer(FakePage.AnswerAsync);
        await using var broken = new LoadServer(static async (number, head, stream, cancellationToken) =>
        {
            if (number % 2 == 1)
            {
                return await FakePage.AnswerAsync(number, head, stream, cancellationToken);
            }

            await LoadServer.SendAsync(stream, Broken, cancellationToken);
            return true;
        });

        Assert.True((await Traffic(server).UsualAsync(Cancelled)).SendsTheSame(await Traffic(broken).UsualAsync(Cancelled)));
    }

    [Fact]
    public async Task One_sign_in_that_hangs_is_enough()
    {
        await using var server = new LoadServer(static async (number, head, stream, cancellationToken) =>
        {
            if (number > 1)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return await FakePage.AnswerAsync(number, head, stream, cancellationToken);
        });
        var clock = new FakeTimeProvider();
        var traffic = new BookinfoTraffic(Target(server), [], traceSeed: 1, TimeSpan.FromSeconds(60), BookinfoAnswers.Usual, clock);

        var making = traffic.UsualAsync(Cancelled);
        await Eventually.HoldsAsync("the sign-in", () => server.Requests > 1);
        await Eventually.HoldsAsync("its end", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return making.IsCompleted;
        });
        await making;

        Assert.Equal([ErrorKind.None, ErrorKind.Timeout], traffic.Samples.Select(sample => sample.Error));
    }

    [Theory]
    [InlineData("POST /login ", "POST /login is answered with 503")]
    [InlineData("GET /productpage ", "GET /productpage is answered with 503")]
    public async Task A_load_without_end_may_require_all_users(string broken, string what)
    {
        await using var server = new LoadServer(async (number, head, stream, cancellationToken) =>
        {
            if (!head.StartsWith(broken, StringComparison.Ordinal))
            {
                return await FakePage.AnswerAsync(number, head, stream, cancellationToken);
            }

            await LoadServer.SendAsync(stream, Broken, cancellationToken);
            return true;
        });
        var traffic = new BookinfoTraffic(
            Target(server), [], traceSeed: 1, TimeSpan.FromSeconds(60), BookinfoAnswers.Usual, TimeProvider.System)
        {
            RequiresUsers = true,
        };

        Assert.Contains(what, (await Assert.ThrowsAsync<TargetException>(() => traffic.UsualAsync(Cancelled))).Message);
    }

    private static LoadTarget Target(LoadServer server) => LoadRunner.Plan(server.Address, rate: 1, seconds: 1).Target;

    private static BookinfoTraffic Traffic(LoadServer server) =>
        new(Target(server), [], traceSeed: 1, TimeSpan.FromSeconds(60), BookinfoAnswers.Usual, TimeProvider.System);

    private static async Task<LoadResult> RunAsync(LoadServer server)
    {
        var traffic = Traffic(server);
        var plan = LoadRunner.Plan(server.Address, rate: 100, seconds: 1) with { Mix = await traffic.UsualAsync(Cancelled) };
        return await new LoadEngine(plan, [], TimeProvider.System).RunAsync(traffic.Samples, Cancelled, CancellationToken.None);
    }
}
