using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Bookinfo.ServiceDefaults.Connections;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>Names of backends are looked up without holding up anything but the calls that need them.</summary>
public sealed class HostConnectionsTests
{
    /// <summary>What a network policy that forbids DNS does, or a DNS server that is down.</summary>
    [Fact]
    public async Task While_DNS_does_not_answer_calls_end_in_time_and_one_thread_waits_for_each_name_and_none_of_them_is_the_pools()
    {
        const int Views = 20;
        using var answer = new ManualResetEventSlim();
        var lookups = new ConcurrentQueue<(string Name, bool IsOnPool)>();
        var hosts = new HostConnections(name =>
        {
            lookups.Enqueue((name, Thread.CurrentThread.IsThreadPoolThread));
            answer.Wait();
            throw new SocketException((int)SocketError.TryAgain);
        }, TimeProvider.System);
        var clock = new FakeTimeProvider();
        var log = new RecordedLog();
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            services =>
            {
                log.AddTo(services);
                services.AddSingleton(hosts).AddSingleton<TimeProvider>(clock);
            },
            "DETAILS_HOSTNAME=details.test",
            "REVIEWS_HOSTNAME=reviews.test");
        try
        {
            var views = Enumerable.Range(0, Views).Select(_ => GetAsync(page, "/productpage")).ToList();
            await Eventually.HoldsAsync("Not both names are looked up.", () => lookups.Count == 2);
            Assert.Equal(HttpStatusCode.OK, await GetAsync(page, "/health/ready"));
            Assert.Equal(HttpStatusCode.OK, await GetAsync(page, "/metrics"));

            // 3 s for details, and two tries of 3 s for reviews.
            await Eventually.HoldsAsync(() =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return views.TrueForAll(view => view.IsCompleted) ? "" : "Not every view has ended.";
            });
            Assert.All(await Task.WhenAll(views), status => Assert.Equal(HttpStatusCode.OK, status));
            Assert.All(log.Of("BackendCallFailed"), failed => Assert.Contains(" timeout,", failed.Text, StringComparison.Ordinal));
            Assert.Equal(3 * Views, log.Of("BackendCallFailed").Count);
            Assert.Equal([("details.test", false), ("reviews.test", false)], lookups.Order());
        }
        finally
        {
            answer.Set();
        }
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "name_resolution_error")]
    [InlineData(SocketError.TryAgain, "name_resolution_error")]
    public async Task A_lookup_that_fails_is_told_as_such_and_the_next_call_makes_another(SocketError error, string type)
    {
        var lookups = 0;
        var log = new RecordedLog();
        await using var page = await StartAsync(log, port: 9080, _ =>
        {
            Interlocked.Increment(ref lookups);
            throw new SocketException((int)error);
        });
        for (var call = 1; call <= 3; call++)
        {
            await GetAsync(page, "/api/v1/products/0");
            Assert.Equal(call, lookups);
            Assert.Contains($" {type},", log.Of("BackendCallFailed")[^1].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_addresses_of_a_name_are_tried_in_turn()
    {
        await using var details = new RecordingBackend(200, "{}");
        var log = new RecordedLog();
        await using var page = await StartAsync(
            log, details.Address.Port, _ => [IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.77"), IPAddress.Loopback]);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(page, "/api/v1/products/0"));
        Assert.Equal("details.test", Assert.Single(details.Requests).Values("host")[0].Split(':')[0]);
        Assert.Empty(log.Of("BackendCallFailed"));
    }

    /// <summary>A node that is gone, or IPv6 that leads nowhere.</summary>
    [Fact]
    public async Task An_address_that_is_silent_does_not_keep_the_next_from_being_tried()
    {
        await using var details = new RecordingBackend(200, "{}");
        using var silent = new SilentAddress(IPAddress.Parse("127.0.0.78"), details.Address.Port);
        var log = new RecordedLog();
        // On a clock that stands still a call has no time limit, but each address has.
        await using var page = await StartAsync(
            log, silent.Port, _ => [IPAddress.Parse("127.0.0.78"), IPAddress.Loopback], new FakeTimeProvider());
        Assert.Equal(HttpStatusCode.OK, await GetAsync(page, "/api/v1/products/0"));
        Assert.Empty(log.Of("BackendCallFailed"));
    }

    /// <summary>Each new connection would wait for it otherwise.</summary>
    [Fact]
    public async Task An_address_that_was_silent_is_tried_last_for_a_minute()
    {
        var (silentAddress, other) = (IPAddress.Parse("127.0.0.78"), IPAddress.Loopback);
        var clock = new FakeTimeProvider();
        var hosts = new HostConnections(_ => [silentAddress, other], clock);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            // A connection for each request.
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = hosts.ConnectAsync,
        });
        await using var answering = new RecordingBackend(200, "");
        var target = new Uri($"http://details.test:{answering.Address.Port}");
        using (new SilentAddress(silentAddress, answering.Address.Port))
        {
            await client.GetStringAsync(target, TestContext.Current.CancellationToken);
        }

        Assert.Single(answering.Requests);
        // It takes connections now, and answers nothing.
        using var listener = new TcpListener(silentAddress, answering.Address.Port);
        listener.Start();
        await client.GetStringAsync(target, TestContext.Current.CancellationToken);
        Assert.Equal((2, false), (answering.Requests.Count, listener.Pending()));

        clock.Advance(TimeSpan.FromMinutes(1));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var request = client.GetStringAsync(target, end.Token);
        await Eventually.HoldsAsync("It is not tried first again.", listener.Pending);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Equal(2, answering.Requests.Count);
    }

    [Fact]
    public async Task Where_nothing_listens_the_connection_is_refused()
    {
        using var closed = new ClosedPort();
        var log = new RecordedLog();
        await using var page = await StartAsync(log, closed.Address.Port, _ => [IPAddress.IPv6Loopback, IPAddress.Loopback]);
        await GetAsync(page, "/api/v1/products/0");
        Assert.Contains(" connection_error,", Assert.Single(log.Of("BackendCallFailed")).Text, StringComparison.Ordinal);
    }

    private static Task<RunningService> StartAsync(
        RecordedLog log, int port, Func<string, IPAddress[]> lookUp, TimeProvider? clock = null) =>
        RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build,
            services =>
            {
                log.AddTo(services);
                services.AddSingleton(new HostConnections(lookUp, clock ?? TimeProvider.System)).AddSingleton(clock ?? TimeProvider.System);
            },
            "DETAILS_HOSTNAME=details.test",
            $"DETAILS_SERVICE_PORT={port}");

    private static async Task<HttpStatusCode> GetAsync(RunningService service, string path)
    {
        using var response = await service.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
