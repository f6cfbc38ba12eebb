using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Services.Tests;

/// <summary>
/// Connections are open files. There are never more of them than may be open, and who has one is served, however many others would like
/// to.
/// </summary>
[Collection(CountingTests.Name)]
public sealed class ConnectionLimitTests
{
    private const string Request = "GET /ratings/0 HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void One_half_of_what_may_be_open_is_for_visitors_and_one_for_calls()
    {
        Assert.Equal(new ConnectionLimits(384, 384), ConnectionLimits.Within(1024, backends: 0));
        Assert.Equal(new ConnectionLimits(384, 192), ConnectionLimits.Within(1024, backends: 1));
        Assert.Equal(new ConnectionLimits(384, 96), ConnectionLimits.Within(1024, backends: 3));
        Assert.Equal(new ConnectionLimits(16, 16), ConnectionLimits.Within(64, backends: 3));
    }

    [Fact]
    public async Task Connections_over_the_limit_are_closed_and_counted_and_told_once_a_minute_and_the_others_are_served()
    {
        const int Most = 4;
        const int Over = 5;
        var log = new RecordedLog();
        var clock = new FakeTimeProvider();
        await using var ratings = await RunningService.StartAsync(Bookinfo.Ratings.Program.Build, services =>
        {
            log.AddTo(services);
            services.AddSingleton(new ConnectionLimits(Most, Calls: 1)).AddSingleton<TimeProvider>(clock);
        });
        var visitors = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Most + Over; i++)
            {
                visitors.Add(await ConnectAsync(ratings.Address));
            }

            var answered = await Task.WhenAll(visitors.Select(IsAnsweredAsync));
            Assert.Equal(Enumerable.Repeat(true, Most).Concat(Enumerable.Repeat(false, Over)), answered);
            var told = Assert.Single(log.Of("ConnectionsRefused"));
            Assert.Equal(LogLevel.Warning, told.Level);
            Assert.StartsWith("Closed 1 connections", told.Text, StringComparison.Ordinal);
            Assert.Equal(Over, await RefusedAsync(visitors[0]));

            // The others are told when the minute ends, and only then.
            clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
            Assert.Single(log.Of("ConnectionsRefused"));
            clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.StartsWith($"Closed {Over - 1} connections", log.Of("ConnectionsRefused")[1].Text, StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(2, log.Of("ConnectionsRefused").Count);

            // That which ended makes room for another.
            await Eventually.HoldsAsync(async () =>
            {
                using var visitor = await ConnectAsync(ratings.Address);
                return await IsAnsweredAsync(visitor) ? "" : "There is no room.";
            });
        }
        finally
        {
            visitors.ForEach(visitor => visitor.Dispose());
        }
    }

    [Fact]
    public async Task What_was_refused_in_the_last_minute_of_a_service_is_told_as_well()
    {
        const int Most = 2;
        const int Over = 3;
        var log = new RecordedLog();
        var visitors = new List<TcpClient>();
        try
        {
            await using (var ratings = await RunningService.StartAsync(Bookinfo.Ratings.Program.Build, services =>
            {
                log.AddTo(services);
                services.AddSingleton(new ConnectionLimits(Most, Calls: 1)).AddSingleton<TimeProvider>(new FakeTimeProvider());
            }))
            {
                for (var i = 0; i < Most + Over; i++)
                {
                    visitors.Add(await ConnectAsync(ratings.Address));
                }

                await Task.WhenAll(visitors.Select(IsAnsweredAsync));
                Assert.Single(log.Of("ConnectionsRefused"));
            }

            Assert.Equal(
                ["Closed 1 connections", $"Closed {Over - 1} connections"],
                log.Of("ConnectionsRefused").Select(told => told.Text.Split(" immediately")[0]));
        }
        finally
        {
            visitors.ForEach(visitor => visitor.Dispose());
        }
    }

    /// <summary>
    /// With more connections than files the runtime used up all memory in the attempt to take them, and ended the process.
    /// </summary>
    [Fact]
    public async Task A_service_outlives_more_connections_than_it_may_have_open_files()
    {
        const int Files = 300;
        var port = FreePort.Find();
        var command = $"ulimit -n {Files} && exec dotnet \"$0\"";
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command, WorkingCopy.Assembly("Bookinfo.Ratings")])
        {
            Environment = { ["ASPNETCORE_HTTP_PORTS"] = $"{port}", ["DRAIN_SECONDS"] = "0" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var visitors = new List<TcpClient>();
        try
        {
            var address = new Uri($"http://127.0.0.1:{port}");
            await Eventually.HoldsAsync(async () =>
            {
                try
                {
                    return await RawHttp.GetAsync(address, "/health/ready") is { Status: 200 } ? "" : "not ready";
                }
                catch (SocketException exception)
                {
                    return exception.Message;
                }
            });
            for (var i = 0; i < 2 * Files; i++)
            {
                visitors.Add(await ConnectAsync(address));
            }

            // Each of them is either answered or closed, and none waits for ever.
            var answers = Task.WhenAll(visitors.Select(IsAnsweredAsync));
            var answered = await answers.WaitAsync(Eventually.Never, TestContext.Current.CancellationToken);
            Assert.InRange(answered.Count(answered => answered), 1, Files);
            visitors.ForEach(visitor => visitor.Dispose());
            await Eventually.HoldsAsync(async () =>
                await RawHttp.GetAsync(address, "/ratings/0") is { Status: 200 } ? "" : "There is no room.");
            Assert.False(process.HasExited);
        }
        finally
        {
            visitors.ForEach(visitor => visitor.Dispose());
            process.Kill();
        }
    }

    /// <summary>Scrapes a service on a connection of a visitor.</summary>
    private static async Task<double> RefusedAsync(TcpClient client)
    {
        var stream = client.GetStream();
        await stream.WriteAsync("GET /metrics HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, leaveOpen: true);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        return PrometheusText.Parse(answer.Split("\r\n\r\n")[1])
            .Single(sample => sample.Name == "bookinfo_http_server_refused_connections_total").Value;
    }

    private static async Task<TcpClient> ConnectAsync(Uri address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Whether a connection gets an answer. Otherwise it is closed.</summary>
    private static async Task<bool> IsAnsweredAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Request), TestContext.Current.CancellationToken);
            return await stream.ReadAsync(new byte[4096], TestContext.Current.CancellationToken) > 0;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return false;
        }
    }
}
