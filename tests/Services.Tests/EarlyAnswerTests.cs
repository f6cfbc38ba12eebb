using System.Net.Sockets;
using System.Text;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>
/// Answers that are given before all of the request was read: who sends everything before he reads gets them all the same, within bounds.
/// </summary>
public sealed class EarlyAnswerTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>More than the buffers of two sockets hold: sent to one that is not read, it does not go out.</summary>
    private static readonly string Large = new('a', 20_000_000);

    /// <summary>As much of it as makes any of the requests one that is answered.</summary>
    private const int Enough = 60_000;

    /// <summary>Each row: the beginning of a request, and the status that it gets although twenty megabytes follow.</summary>
    public static TheoryData<string, int> Requests => new()
    {
        { $"POST /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: {Large.Length}\r\n\r\n", 413 },
        { $"POST /ratings/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{Large.Length:x}\r\n", 413 },
        { $"POST /ratings/x HTTP/1.1\r\nHost: a\r\nContent-Length: {Large.Length}\r\n\r\n", 400 },
        { $"POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: {Large.Length}\r\n\r\n", 404 },
        { $"PUT /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: {Large.Length}\r\n\r\n", 405 },
        { $"GET /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: {Large.Length}\r\n\r\n", 200 },
        { "POST /ratings/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n80000000\r\n", 400 },
        { "POST /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400 },
        { "GET /", 414 },
        { "GET / HTTP/1.1\r\nHost: a\r\nCookie: ", 431 },
        { "\0\r\n", 400 },
        { "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Who_sends_everything_first_gets_the_answer(string beginning, int status)
    {
        // However long it takes.
        await using var ratings = await RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            services => services.AddSingleton(new LingerOptions(long.MaxValue, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)));
        var request = Encoding.Latin1.GetBytes(beginning + Large);
        using var client = await ConnectAsync(ratings);
        await client.GetStream().WriteAsync(request.AsMemory(0, Enough), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("There is no answer.", () => client.Available > 0);
        await client.GetStream().WriteAsync(request.AsMemory(Enough), TestContext.Current.CancellationToken);
        Assert.Equal(status, (await ReadAnswerAsync(client)).Status);
    }

    [Fact]
    public async Task Who_never_ends_is_cut_off_after_so_many_bytes()
    {
        await using var ratings = await RunningService.StartAsync(
            Bookinfo.Ratings.Program.Build,
            services => services.AddSingleton(new LingerOptions(1_000_000, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)));
        using var client = await ConnectAsync(ratings);
        await client.GetStream().WriteAsync(
            Encoding.Latin1.GetBytes("POST /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n"),
            TestContext.Current.CancellationToken);
        await AssertCutOffAsync(client, Encoding.Latin1.GetBytes(Large));
    }

    [Fact]
    public async Task Who_sends_ever_so_slowly_is_cut_off_after_so_long()
    {
        var time = new FakeTimeProvider();
        await using var ratings = await StartAsync(time);
        using var client = await ConnectAsync(ratings);
        await client.GetStream().WriteAsync(
            Encoding.Latin1.GetBytes("POST /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n"),
            TestContext.Current.CancellationToken);
        Assert.Equal(413, (await ReadAnswerAsync(client)).Status);
        await AssertCutOffAsync(client, "a"u8.ToArray(), () => time.Advance(Pause / 5));
    }

    [Fact]
    public async Task Who_sends_nothing_more_is_not_waited_for()
    {
        var time = new FakeTimeProvider();
        await using var ratings = await StartAsync(time);
        using var client = await ConnectAsync(ratings);
        await client.GetStream().WriteAsync(
            Encoding.Latin1.GetBytes("POST /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n"),
            TestContext.Current.CancellationToken);
        Assert.Equal(413, (await ReadAnswerAsync(client)).Status);
        var end = client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        await Eventually.HoldsAsync("The connection is still open.", () =>
        {
            time.Advance(Pause);
            return end.IsCompleted;
        });
    }

    [Fact]
    public async Task A_service_that_stops_does_not_wait_for_who_still_sends()
    {
        // No time passes, and the host waits for as long as it takes.
        var service = await StartAsync(
            new FakeTimeProvider(), services => services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan));
        using var client = await ConnectAsync(service);
        await client.GetStream().WriteAsync(
            Encoding.Latin1.GetBytes("POST /ratings/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n"),
            TestContext.Current.CancellationToken);
        Assert.Equal(413, (await ReadAnswerAsync(client)).Status);
        await service.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
    }

    private static Task<RunningService> StartAsync(TimeProvider time, Action<IServiceCollection>? adjust = null) =>
        RunningService.StartAsync(Bookinfo.Ratings.Program.Build, services =>
        {
            services.AddSingleton(time);
            services.AddSingleton(new LingerOptions(long.MaxValue, Longest, Pause));
            adjust?.Invoke(services);
        });

    private static async Task<TcpClient> ConnectAsync(RunningService service)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(service.Address.Host, service.Address.Port, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<RawResponse> ReadAnswerAsync(TcpClient client)
    {
        var received = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            received.Write(buffer, 0, count);
            var response = RawResponse.Parse(received.ToArray());
            if (response is { IsLast: true })
            {
                return response;
            }

            Assert.True(count > 0, $"The connection ended in the middle of '{Encoding.Latin1.GetString(received.ToArray())}'.");
        }
    }

    private static async Task AssertCutOffAsync(TcpClient client, byte[] block, Action? afterwards = null) =>
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await client.GetStream().WriteAsync(block, TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                return "";
            }

            afterwards?.Invoke();
            return "It still takes what is sent.";
        });
}
