using System.Net;
using System.Net.Sockets;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Bookinfo.Traffic;

namespace Bookinfo.Load.Tests;

/// <summary>What <c>load</c> makes of what servers answer, malformed answers included. One request each.</summary>
public sealed class LoadConnectionTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, 5)]
    [InlineData("HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello", 200, 5)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, 5)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nh\r\nA\r\n0123456789\r\n000\r\nTrailer: x\r\n\r\n", 200, 11)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, 0)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, 0)]
    [InlineData(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, 2)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, 2)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302, 0)]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\t c\r\nContent-Length:\r\n 2\r\n\r\nok", 200, 2)]
    public async Task A_right_answer_is_read_and_the_connection_is_kept(string answer, int status, long length)
    {
        await using var server = new LoadServer(answer);
        var samples = new SampleList();
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 100, seconds: 0.05, connections: 1), samples);

        Assert.Equal(5, samples.Samples.Count);
        Assert.All(samples.Samples, sample => Assert.Equal((ErrorKind.None, status, length), (sample.Error, sample.Status, sample.Length)));
        Assert.Equal(1, server.Connections);
        Assert.Equal(1, result.ConnectionsOpened);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok")]
    // More than was asked for: nobody knows what that belongs to.
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    public async Task A_right_answer_after_which_the_connection_is_not_used_again(string answer)
    {
        await using var server = new LoadServer(answer);
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 100, seconds: 0.05, connections: 1));

        Assert.Equal(5, result.Total.Good);
        Assert.Equal(5, server.Requests);
        Assert.Equal(5, server.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil the end")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nuntil the end")]
    public async Task An_answer_may_end_with_its_connection(string answer)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, answer, cancellationToken);
            return false;
        });

        var sample = await LoadRunner.SendOneAsync(server.Address);
        Assert.Equal((ErrorKind.None, 200, 13L), (sample.Error, sample.Status, sample.Length));
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n X: folded onto nothing\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n")]
    public async Task A_wrong_answer_is_told_from_a_right_one(string answer)
    {
        await using var server = new LoadServer(answer);

        Assert.Equal(ErrorKind.BadAnswer, (await LoadRunner.SendOneAsync(server.Address)).Error);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", 1)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n", 9)]
    public async Task What_never_becomes_an_answer_has_no_status(string interim, int times)
    {
        await using var server = new LoadServer(string.Concat(Enumerable.Repeat(interim, times)));

        var sample = await LoadRunner.SendOneAsync(server.Address);
        Assert.Equal((ErrorKind.BadAnswer, 0), (sample.Error, sample.Status));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", "X: y\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: ", "y")]
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n")]
    public async Task A_flood_of_headers_ends_at_a_limit(string begin, string more)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, begin, cancellationToken);
            var flood = string.Concat(Enumerable.Repeat(more, 1000));
            while (true)
            {
                await LoadServer.SendAsync(stream, flood, cancellationToken);
            }
        });

        Assert.Equal(ErrorKind.BadAnswer, (await LoadRunner.SendOneAsync(server.Address, timeoutSeconds: 30)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")]
    public async Task An_answer_that_stops_in_the_middle_is_an_error(string answer)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, answer, cancellationToken);
            return false;
        });

        Assert.Equal(ErrorKind.Closed, (await LoadRunner.SendOneAsync(server.Address)).Error);
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_is_read()
    {
        const string Answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            foreach (var character in Answer)
            {
                await LoadServer.SendAsync(stream, character.ToString(), cancellationToken);
                await Task.Delay(1, cancellationToken);
            }

            return true;
        });

        var sample = await LoadRunner.SendOneAsync(server.Address);
        Assert.Equal((ErrorKind.None, 200, 5L), (sample.Error, sample.Status, sample.Length));
    }

    [Fact]
    public async Task A_reset_is_told_from_an_end()
    {
        await using var server = new LoopbackServer(async (client, _, cancellationToken) =>
        {
            await client.GetStream().ReadExactlyAsync(new byte[1], cancellationToken);
            client.Client.LingerState = new LingerOption(true, 0);
            client.Client.Close();
        });

        Assert.Equal(ErrorKind.Reset, (await LoadRunner.SendOneAsync(server.Address)).Error);
    }

    [Fact]
    public async Task A_refused_connection_is_an_error_for_each_request()
    {
        using var closed = new ClosedPort();
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(closed.Address, rate: 100, seconds: 0.5));

        Assert.Equal(50, result.Total.Sent);
        Assert.Equal(50, result.Total.Count(ErrorKind.Refused));
        Assert.Equal(50, result.Total.FromDue.TotalCount);
        Assert.Equal(KeyValuePair.Create("connection refused", 50L), Assert.Single(result.Total.Errors()));
    }

    [Fact]
    public async Task An_address_that_refuses_is_no_hindrance_when_another_does_not()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var plan = LoadRunner.Plan(server.Address, rate: 100, seconds: 0.2, addresses: [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
        var result = await LoadRunner.RunAsync(plan);

        Assert.Equal((20, 20), (result.Total.Good, server.Requests));
    }

    [Fact]
    public async Task An_address_that_does_not_answer_is_no_hindrance_when_another_does()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        using var silent = new SilentAddress(IPAddress.Parse("127.0.0.2"), server.Address.Port);
        using var another = new SilentAddress(IPAddress.Parse("127.0.0.3"), server.Address.Port);
        var plan = LoadRunner.Plan(
            server.Address, rate: 100, seconds: 0.2, connections: 2, timeoutSeconds: 120,
            addresses: [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.3"), IPAddress.Loopback]);
        var result = await LoadRunner.RunAsync(plan);

        Assert.Equal((20, 20), (result.Total.Good, server.Requests));
        // And it is remembered.
        Assert.Equal(IPAddress.Loopback, plan.Target.EndPoint(0).Address);
    }

    [Fact]
    public async Task A_connection_that_never_comes_about_is_given_up()
    {
        using var silent = new SilentAddress(IPAddress.Loopback, port: 0);

        var sample = await LoadRunner.SendOneAsync(new Uri($"http://127.0.0.1:{silent.Port}"), timeoutSeconds: 0.3);
        Assert.Equal(ErrorKind.ConnectTimeout, sample.Error);
        Assert.InRange(sample.Done - sample.Sent, 290_000_000, long.MaxValue);
    }

    [Fact]
    public async Task Several_addresses_that_do_not_answer_are_given_up_together()
    {
        using var one = new SilentAddress(IPAddress.Loopback, port: 0);
        using var other = new SilentAddress(IPAddress.Parse("127.0.0.2"), one.Port);
        var samples = new SampleList();
        await LoadRunner.RunAsync(
            LoadRunner.Plan(new Uri($"http://127.0.0.1:{one.Port}"), rate: 10, seconds: 0.05, connections: 1, timeoutSeconds: 1.5,
                addresses: [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]), samples);

        var sample = Assert.Single(samples.Samples);
        Assert.Equal(ErrorKind.ConnectTimeout, sample.Error);
        Assert.InRange(sample.Done - sample.Sent, 1_490_000_000, long.MaxValue);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")]
    public async Task An_answer_that_does_not_come_or_comes_in_drops_for_ever_is_a_timeout(string begin)
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, begin, cancellationToken);
            while (begin.Length > 0)
            {
                await LoadServer.SendAsync(stream, "x", cancellationToken);
                await Task.Delay(20, cancellationToken);
            }

            await Task.Delay(-1, cancellationToken);
            return false;
        });

        var sample = await LoadRunner.SendOneAsync(server.Address, timeoutSeconds: 0.3);
        Assert.Equal(ErrorKind.Timeout, sample.Error);
        Assert.InRange(sample.Done - sample.Sent, 300_000_000, long.MaxValue);
    }

    [Fact]
    public async Task A_connection_that_the_server_has_closed_in_the_meantime_costs_no_request()
    {
        await using var server = new LoadServer(async (_, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(stream, LoadServer.Ok(), cancellationToken);
            // Without having said so.
            return false;
        });
        var result = await LoadRunner.RunAsync(LoadRunner.Plan(server.Address, rate: 10, seconds: 0.5, connections: 1));

        Assert.Equal((5, 5), (result.Total.Good, server.Requests));
    }

    [Theory]
    [InlineData("HTTP/1.1 408 Request Time-out\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("")]
    public async Task A_connection_that_the_server_gave_up_before_its_first_request_costs_no_request(string unasked)
    {
        await using var server = new LoopbackServer(async (client, number, cancellationToken) =>
        {
            if (number == 1)
            {
                // As proxies do to connections on which nothing is asked for a while.
                await LoadServer.SendAsync(client.GetStream(), unasked, cancellationToken);
                return;
            }

            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, cancellationToken: cancellationToken);
            await LoadServer.SendAsync(client.GetStream(), LoadServer.Ok("asked"), cancellationToken);
        });
        var (error, answer, connection) = await OpenConnection.ExchangeAsync(
            new LoadTarget(server.Address, [IPAddress.Loopback], insecure: false),
            () => OpenConnection.WasClosedAsync(server.Address.Port));

        Assert.Equal((ErrorKind.None, 200, 5L, 2), (error, answer.Status, answer.Length, connection.Opened));
    }

    [Theory]
    [InlineData("SSH-2.0-x\r\n")]
    [InlineData("\0\0\x12\x04\0\0\0\0\0")]
    [InlineData("HTTP/2.0 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")]
    public async Task Who_speaks_another_protocol_is_not_waited_for(string answer)
    {
        await using var server = new LoadServer(answer);

        Assert.Equal(ErrorKind.BadAnswer, (await LoadRunner.SendOneAsync(server.Address, timeoutSeconds: 60)).Error);
    }

    [Fact]
    public async Task That_it_speaks_HTTP_2_only_is_told_before_the_run()
    {
        await using var server = new LoadServer("\0\0\x12\x04\0\0\0\0\0");
        var target = new LoadTarget(server.Address, [IPAddress.Loopback], insecure: false);
        var traffic = new BookinfoTraffic(target, [], 1, TimeSpan.FromSeconds(60), BookinfoAnswers.Usual, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<TargetException>(() => traffic.UsualAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            $"{target.Origin} speaks HTTP/2 only, and requests are sent by HTTP/1.1: use an address that accepts HTTP/1.1.",
            failure.Message);
    }

    [Theory]
    [InlineData("Content-Type: text/html", true)]
    [InlineData("Content-Type: Text/HTML; Charset=UTF-8", true)]
    [InlineData("Content-Type: text/html\r\nContent-Encoding: identity", true)]
    [InlineData("Content-Encoding: gzip\r\nContent-Type: text/html", false)]
    [InlineData("Content-Type: text/html\r\ncontent-encoding: br", false)]
    [InlineData("Content-Type: text/plain", false)]
    public async Task A_page_is_looked_into_however_its_type_is_written_but_not_when_it_is_coded(string headers, bool isLookedInto)
    {
        await using var server = new LoadServer(LoadServer.Ok("Reviews served by: reviews-v1-x", $"{headers}\r\n"));

        Assert.Equal(isLookedInto ? 1 : 0, (await LoadRunner.SendOneAsync(server.Address)).Version);
    }

    [Fact]
    public async Task Every_request_has_a_trace_context_and_a_request_id_of_its_own_and_the_headers_of_the_user()
    {
        await using var server = new LoadServer(LoadServer.Ok());
        var plan = LoadRunner.Plan(
            server.Address,
            rate: 100,
            seconds: 0.2,
            headers: [KeyValuePair.Create("Host", "bookinfo.example"), KeyValuePair.Create("X-Test", "a b")]);
        await LoadRunner.RunAsync(plan);

        var ids = new List<string>();
        foreach (var head in server.Heads)
        {
            var lines = head.Split("\r\n");
            Assert.Equal("GET /x HTTP/1.1", lines[0]);
            Assert.Equal("Host: bookinfo.example", Assert.Single(lines, line => line.StartsWith("Host:", StringComparison.Ordinal)));
            Assert.Contains("X-Test: a b", lines);
            var traceparent =
                Assert.Single(lines, line => line.StartsWith("traceparent: ", StringComparison.Ordinal))["traceparent: ".Length..];
            Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", traceparent);
            var trace = traceparent[3..35];
            Assert.Contains($"x-request-id: {Guid.ParseExact(trace, "N"):D}", lines);
            ids.Add(trace);
        }

        Assert.Equal(20, ids.Distinct().Count());
        Assert.Equal(
            Enumerable.Range(0, 20).Select(index => RequestIdentity.Of(new IndexedRandom(plan.TraceSeed), index).TraceId).Order(),
            ids.Order());
    }
}
