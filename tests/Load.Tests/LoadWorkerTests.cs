using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bookinfo.LoadWorker;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Bookinfo.Load.Tests;

/// <summary>The load worker over HTTP, as the program has it, against servers whose behavior is known.</summary>
public sealed class LoadWorkerTests
{
    private static readonly Uri Run = new(WorkerProtocol.RunPath, UriKind.Relative);
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task A_worker_sends_what_it_is_told_and_answers_with_what_it_measured()
    {
        await using var server = new LoadServer(async (number, stream, cancellationToken) =>
        {
            await LoadServer.SendAsync(
                stream,
                number % 10 == 0 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : FakePage.Ok,
                cancellationToken);
            return true;
        });
        await using var worker = await StartAsync();

        var order = Order(server.Address, rate: 200, seconds: 1.5) with
        {
            Paths = ["/a?b=c"],
            Headers = [KeyValuePair.Create("End-User", "jason"), KeyValuePair.Create("End-User", "jane")],
        };
        var result = await SendAsync(worker, order);

        Assert.Equal(
            (300, 270, 30, 0, 270L * FakePage.Html.Length),
            (result.Total.Sent, result.Total.Good, result.Total.Count(503), result.Unsent, result.Total.Bytes));
        Assert.Equal(300, result.Total.FromDue.TotalCount);
        Assert.Equal((1.5, false), (result.Seconds, result.Interrupted));
        Assert.InRange(result.ConnectionsOpened, 1, order.Connections);
        Assert.Equal(300, server.Requests);
        Assert.All(server.Heads, head =>
        {
            Assert.StartsWith("GET /a?b=c HTTP/1.1\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nEnd-User: jason\r\nEnd-User: jane\r\n", head, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Workers_begin_together_and_send_every_request_of_the_run_once()
    {
        const int Workers = 3;
        await using var server = new LoadServer(FakePage.Ok);
        var workers = new List<RunningService>();
        try
        {
            for (var worker = 0; worker < Workers; worker++)
            {
                workers.Add(await StartAsync());
            }

            var start = TimeProvider.System.GetUtcNow().AddSeconds(3);
            var results = await Task.WhenAll(workers.Select((worker, index) =>
                SendAsync(
                    worker, Order(server.Address, rate: 100, seconds: 2) with { Worker = index, Workers = Workers, StartAt = start })));

            // 67, 67 and 66 of 200.
            Assert.Equal([67, 67, 66], results.Select(result => (int)result.Total.Sent));
            Assert.Equal(200, server.Requests);
            // The ids are those of one generator's run.
            Assert.Equal(
                Enumerable.Range(0, 200).Select(index => RequestIdentity.Of(new IndexedRandom(11), index).TraceId).Order(),
                server.Heads.Select(head => head.Split("traceparent: 00-")[1][..32]).Order());
            Assert.All(results, result => Assert.InRange(result.StartedAt, start.AddMilliseconds(-100), start.AddMilliseconds(100)));
            Assert.Equal(200, LoadResult.Merge(LoadRunner.Plan(server.Address, 100, 2), results).Total.FromDue.TotalCount);
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_worker_that_could_not_begin_in_time_begins_as_soon_as_it_can()
    {
        await using var server = new LoadServer(FakePage.Ok);
        await using var worker = await StartAsync();

        var before = TimeProvider.System.GetUtcNow();
        var result = await SendAsync(worker, Order(server.Address, rate: 100, seconds: 0.2) with { StartAt = before.AddHours(-1) });

        Assert.Equal(20, result.Total.Good);
        Assert.True(result.StartedAt > before);
    }

    [Theory]
    [InlineData("version", "1", "version 1 is not understood, only 4: the worker's image and bookinfo must be of the same version")]
    [InlineData("url", "\"ftp://host\"", "url 'ftp://host' must be http:// or https://")]
    [InlineData("url", "\"http://host/path\"", "url 'http://host/path' must be")]
    [InlineData("url", "\"http://user@host\"", "must be http:// or https://")]
    [InlineData("url", "\"http://xn--ä.example\"", "must be http:// or https://")]
    [InlineData("paths", "[\"/a\",\"productpage\"]", "path 'productpage' must begin with /")]
    [InlineData("paths", "[\"/a\\r\\nX: y\"]", "must begin with / and have no spaces")]
    [InlineData("paths", "[null]", "path '' must begin with /")]
    [InlineData("headers", "[{\"key\":\"X\",\"value\":\"a\\r\\nY: b\"}]", "the header 'X' cannot be sent")]
    [InlineData("headers", "[{\"key\":\"traceparent\",\"value\":\"x\"}]", "the header 'traceparent' cannot be sent")]
    [InlineData("headers", "[{\"key\":null,\"value\":\"x\"}]", "a header needs a name and a value")]
    [InlineData("headers", "[{\"key\":\"X\",\"value\":null}]", "a header needs a name and a value")]
    [InlineData("profile", "{\"kind\":\"Constant\",\"rate\":0.09,\"seconds\":1}", "rate 0.09 must be 0.1 to 1000000")]
    [InlineData("profile", "{\"kind\":\"Constant\",\"rate\":1e7,\"seconds\":1}", "rate 10000000 must be")]
    [InlineData("profile", "{\"kind\":\"Constant\",\"rate\":\"NaN\",\"seconds\":1}", "this is not an order")]
    [InlineData("profile", "{\"kind\":\"Constant\",\"rate\":1,\"seconds\":-1}", "seconds -1 must be above 0 and at most 86400")]
    [InlineData("profile", "{\"kind\":\"Ramp\",\"rate\":1,\"seconds\":1,\"from\":-1}", "from -1 must be 0 to 1000000")]
    [InlineData("profile", "{\"kind\":\"Spike\",\"rate\":1,\"seconds\":1,\"peak\":1e7}", "peak 10000000 must be 0 to 1000000")]
    [InlineData("profile", "{\"kind\":\"Steps\",\"rate\":1,\"seconds\":1,\"steps\":0}", "steps 0 must be 1 to 1000")]
    [InlineData("profile", "{\"kind\":9,\"rate\":1,\"seconds\":1}", "there is no profile 9")]
    [InlineData("profile", "null", "this is not an order")]
    [InlineData("arrivals", "9", "there are no arrivals 9")]
    [InlineData("workers", "101", "workers 101 must be 1 to 100")]
    [InlineData("worker", "1", "worker 1 must be 0 to 0")]
    [InlineData("worker", "-1", "worker -1 must be 0 to 0")]
    [InlineData("connections", "0", "connections 0 must be 1 to 10000")]
    [InlineData("timeoutSeconds", "61", "timeoutSeconds 61 must be 0.001 to 60")]
    [InlineData("startAt", "\"2100-01-01T00:00:00Z\"", "the clocks of the nodes differ")]
    [InlineData("url", "null", "this is not an order")]
    [InlineData("profile", null, "this is not an order")]
    [InlineData("speed", "1", "this is not an order")]
    public async Task A_bad_order_is_refused_with_what_is_wrong(string member, string? value, string why)
    {
        await using var worker = await StartAsync();
        var order = JsonSerializer.SerializeToNode(Order(new Uri("http://127.0.0.1:1"), 1, 1), WorkerJson.Default.WorkerOrder)!.AsObject();
        order.Remove(member);
        if (value is not null)
        {
            order[member] = JsonNode.Parse(value);
        }

        await AssertRefusedAsync(worker, new StringContent(order.ToJsonString()), HttpStatusCode.BadRequest, why);
        await AssertRefusedAsync(worker, new StringContent("no JSON"), HttpStatusCode.BadRequest, "this is not an order");
    }

    [Theory]
    [InlineData("80000000\r\n")]
    [InlineData("zz\r\n")]
    public async Task An_order_that_cannot_be_read_is_a_bad_one(string chunks)
    {
        await using var worker = await StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(worker.Address.Host, worker.Address.Port, TestContext.Current.CancellationToken);
        await LoadServer.SendAsync(
            client.GetStream(), $"POST {WorkerProtocol.RunPath} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}",
            TestContext.Current.CancellationToken);
        using var answer = new StreamReader(client.GetStream());

        Assert.Equal("HTTP/1.1 400 Bad Request", await answer.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("--http_ports=abc", "load-worker cannot start: 'abc' in ASPNETCORE_HTTP_PORTS is not a port")]
    [InlineData("--http_ports=99999", "load-worker cannot start: '99999' in ASPNETCORE_HTTP_PORTS is not a port")]
    [InlineData("--urls=http://127.0.0.1:0/base", "load-worker cannot start: ")]
    [InlineData("--urls=https://127.0.0.1:0", "load-worker cannot start: ")]
    public async Task A_wrong_setting_is_one_line(string setting, string message)
    {
        await using var run = CommandRun.Start("dotnet", [typeof(Bookinfo.LoadWorker.Program).Assembly.Location, setting]);

        Assert.Equal(1, await run.ExitAsync());
        Assert.StartsWith(message, run.Messages);
        Assert.Single(run.Messages.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task It_says_where_redirects_lead()
    {
        await using var server = new LoadServer(
            "HTTP/1.1 301 Moved Permanently\r\nLocation: https://shop.example/x\r\nContent-Length: 0\r\n\r\n");
        await using var worker = await StartAsync();
        var result = await SendAsync(worker, Order(server.Address, rate: 20, seconds: 0.5));

        Assert.Equal("https://shop.example/x", result.RedirectedTo);
        Assert.Equal("https://shop.example/x", LoadResult.Merge(result.Plan, [result with { RedirectedTo = null }, result]).RedirectedTo);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_said_before_the_run()
    {
        using var closed = new ClosedPort();
        await using var worker = await StartAsync();

        await AssertRefusedAsync(
            worker, Content(Order(closed.Address, 1, 1)), HttpStatusCode.BadGateway, "does not answer: connection refused");
        await AssertRefusedAsync(
            worker,
            Content(Order(new Uri("http://no-such-host.invalid"), 1, 1)),
            HttpStatusCode.BadGateway,
            "the host 'no-such-host.invalid' cannot be found");
    }

    [Fact]
    public async Task Two_runs_at_a_time_are_one_too_many_and_an_ended_one_makes_room()
    {
        await using var server = new LoadServer(FakePage.Ok);
        await using var worker = await StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, await DeleteAsync(worker));

        var first = SendAsync(worker, Order(server.Address, rate: 100, seconds: 600));
        await Eventually.HoldsAsync("requests", () => server.Requests > 10);
        await AssertRefusedAsync(worker, Content(Order(server.Address, 1, 1)), HttpStatusCode.Conflict, "a run is under way already");

        Assert.Equal(HttpStatusCode.Accepted, await DeleteAsync(worker));
        var result = await first;
        Assert.True(result.Interrupted);
        Assert.Equal(server.Requests, result.Total.Sent);
        Assert.Equal(result.Total.Sent, result.Total.Good);

        Assert.Equal(5, (await SendAsync(worker, Order(server.Address, rate: 50, seconds: 0.1))).Total.Good);
    }

    [Fact]
    public async Task A_run_whose_caller_is_gone_ends()
    {
        using var gone = new CancellationTokenSource();
        await using var server = new LoadServer(FakePage.Ok);
        await using var worker = await StartAsync();
        var abandoned = worker.Client.PostAsync(Run, Content(Order(server.Address, rate: 100, seconds: 600)), gone.Token);
        await Eventually.HoldsAsync("requests", () => server.Requests > 10);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Eventually.HoldsAsync("room for another run", () => worker.Services.GetRequiredService<RunSlot>().Idle > TimeSpan.Zero);
        var requests = server.Requests;
        Assert.Equal(5, (await SendAsync(worker, Order(server.Address, rate: 50, seconds: 0.1))).Total.Good);
        Assert.Equal(requests + 5, server.Requests);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_end_does_not_pass_a_part_off_as_the_whole()
    {
        await using var server = new LoadServer(FakePage.Ok);
        await using var worker = await StartAsync();
        var running = SendAsync(worker, Order(server.Address, rate: 100, seconds: 600));
        await Eventually.HoldsAsync("requests", () => server.Requests > 10);

        worker.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => running);
        Assert.True(failure is HttpRequestException or IOException, $"{failure}");
    }

    [Fact]
    public async Task While_a_run_goes_on_there_is_a_sign_of_life_every_second()
    {
        await using var server = new LoadServer(FakePage.Ok);
        await using var worker = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Run)
        {
            Content = Content(Order(server.Address, rate: 10, seconds: 600)),
        };
        using var response = await worker.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        var signs = new byte[3];
        await body.ReadExactlyAsync(signs, TestContext.Current.CancellationToken);

        Assert.Equal("\n\n\n"u8.ToArray(), signs);
    }

    [Fact]
    public async Task Orders_from_other_pods_are_refused()
    {
        await using var worker = await RunningService.StartAsync(
            Bookinfo.LoadWorker.Program.Build,
            services => services.AddSingleton<IStartupFilter>(new FromElsewhere(IPAddress.Parse("10.1.2.3"))));

        await AssertRefusedAsync(
            worker,
            Content(Order(new Uri("http://127.0.0.1:1"), 1, 1)),
            HttpStatusCode.Forbidden,
            "orders are taken through kubectl port-forward only");
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(worker));
        using var clock = await worker.Client.GetAsync(
            new Uri(WorkerProtocol.ClockPath, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, clock.StatusCode);
        // The kubelet asks that.
        using var ready = await worker.Client.GetAsync(
            new Uri(WorkerProtocol.ReadyPath, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Its_clock_is_this_ones()
    {
        await using var worker = await StartAsync();
        var before = TimeProvider.System.GetUtcNow();
        var clock = await worker.Client.GetFromJsonAsync(
            WorkerProtocol.ClockPath, WorkerJson.Default.WorkerClock, TestContext.Current.CancellationToken);

        Assert.InRange(clock!.Now, before, TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task It_ends_when_nobody_has_told_it_anything_for_minutes_but_not_while_it_runs()
    {
        var time = new FakeTimeProvider();
        var slot = new RunSlot(time);
        using var host = new HostBuilder().Build();
        var ended = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var idle = new IdleEnd(slot, host.Services.GetRequiredService<IHostApplicationLifetime>(), time);
        await idle.StartAsync(TestContext.Current.CancellationToken);

        Assert.True(slot.TryTake(() => { }));
        await AdvanceAsync(time, IdleEnd.Patience * 3);
        Assert.False(ended.IsCancellationRequested);
        slot.Release();
        await AdvanceAsync(time, IdleEnd.Patience - TimeSpan.FromSeconds(20));
        slot.Touch();
        await AdvanceAsync(time, IdleEnd.Patience - TimeSpan.FromSeconds(20));
        Assert.False(ended.IsCancellationRequested);

        await AdvanceAsync(time, TimeSpan.FromSeconds(40));
        await Eventually.HoldsAsync("the end", () => ended.IsCancellationRequested);
    }

    private static async Task AdvanceAsync(FakeTimeProvider time, TimeSpan span)
    {
        // Step by step, so that what waits for a tick sees each.
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(10))
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    internal static Task<RunningService> StartAsync() => RunningService.StartAsync(Bookinfo.LoadWorker.Program.Build);

    internal static WorkerOrder Order(Uri target, double rate, double seconds) => new(
        WorkerProtocol.Version, target.GetLeftPart(UriPartial.Authority), ["/productpage"], [],
        new ProfileSettings(ProfileKind.Constant, rate, seconds), ArrivalProcess.Even, Seed: 3, TraceSeed: 11, Worker: 0, Workers: 1,
        Connections: 8, TimeoutSeconds: 5, Insecure: false, Details: false, StartAt: Now);

    internal static StringContent Content(WorkerOrder order) => new(JsonSerializer.Serialize(order, WorkerJson.Default.WorkerOrder));

    private static async Task<LoadResult> SendAsync(RunningService worker, WorkerOrder order)
    {
        using var response = await worker.Client.PostAsync(Run, Content(order), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize(text, WorkerJson.Default.WorkerResult)!.ToResult(
            LoadRunner.Plan(new Uri(order.Url), order.Profile.Rate, order.Profile.Seconds));
    }

    private static async Task<HttpStatusCode> DeleteAsync(RunningService worker)
    {
        using var response = await worker.Client.DeleteAsync(Run, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task AssertRefusedAsync(RunningService worker, HttpContent order, HttpStatusCode status, string why)
    {
        using var response = await worker.Client.PostAsync(Run, order, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, text);
        Assert.Contains(why, JsonSerializer.Deserialize(text, WorkerJson.Default.WorkerError)!.Error, StringComparison.Ordinal);
    }

    /// <summary>Makes every caller one from another place.</summary>
    private sealed class FromElsewhere(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, go) =>
            {
                context.Connection.RemoteIpAddress = address;
                return go(context);
            });
            next(app);
        };
    }
}
