using System.Globalization;
using System.Text;
using System.Text.Json;
using Bookinfo.Otlp;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>The log: what stands in it, what never does, and that it agrees with the spans.</summary>
public sealed class LogTests
{
    private const string Page = "productpage-v1";
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = "00f067aa0ba902b7";

    private static readonly string[] EveryLine = ["time", "level", "service", "version", "event"];
    private static readonly string[] Correlation = ["x_request_id", "trace_id", "span_id"];
    private static readonly string[] AccessFields =
    [
        "method", "route", "path", "status", "duration_ms", "bytes", "client_address", "user_agent",
    ];

    [Theory]
    [InlineData("M\u00fcller/1.0 (\u65e5\u672c)", true, "M\u00fcller/1.0 (\u65e5\u672c)")]
    [InlineData("M\u00fcller/1.0", false, "M\u00fcller/1.0")]
    public async Task What_a_client_calls_itself_is_read_as_it_was_written(string agent, bool inUtf8, string logged)
    {
        await using var system = await TelemetrySystem.StartAsync(protocol: null, only: ["ratings-v1"]);
        var request = $"GET /ratings/7 HTTP/1.1\r\nHost: a\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n";
        var bytes = (inUtf8 ? Encoding.UTF8 : Encoding.Latin1).GetBytes(request);
        Assert.Equal(200, (await RawHttp.SendAsync(system.Processes.AddressOf("ratings-v1"), bytes))!.Status);
        await Eventually.HoldsAsync("The request is not logged.", () => system.Logs().Any(line => line.Event == "RequestFinished"));
        Assert.Equal(logged, Assert.Single(system.Logs(), line => line.Event == "RequestFinished").Text("user_agent"));
    }

    [Fact]
    public async Task A_request_is_found_in_every_log_it_went_through_and_in_its_spans()
    {
        await using var system = await TelemetrySystem.StartAsync(rule: InjectedFaults.Rule);
        (string RequestId, Visit Visit)[] visits =
        [
            ("failing", new("reviews-v2", "GET", "/reviews/1503", "/reviews/{id}")),
            ("retried", Visit.Api("2503", "/reviews")),
            ("view", Visit.Page),
        ];
        Assert.Equal(200, (int)await system.GetAsync(
            "reviews-v2", "/reviews/1503?u=someone", "x-request-id: failing", $"traceparent: 00-{Trace}-{Parent}-01",
            "user-agent: agent/1"));
        Assert.Equal(503, (int)await system.GetAsync(Page, "/api/v1/products/2503/reviews", "x-request-id: retried"));
        Assert.Equal(200, (int)await system.GetAsync(Page, "/productpage", "x-request-id: view"));
        var expected = visits.ToDictionary(
            visit => visit.RequestId, visit => ExpectedVisits.Of(system, visit.Visit, visit.RequestId));
        await Eventually.HoldsAsync(() =>
        {
            var byRequest = system.Logs().Select(line => line.Text("x_request_id")).ToLookup(id => id);
            var finished = system.Logs().Count(line => line.Event == "RequestFinished");
            var served = system.Receiver.Spans.Count(span => span.Kind == OtlpSpanKind.Server);
            return expected.All(request => byRequest[request.Key].Count() == request.Value.Lines.Low) && finished == served
                ? ""
                : $"{byRequest["failing"].Count()}, {byRequest["retried"].Count()} and {byRequest["view"].Count()} lines; {finished} "
                    + $"requests logged and {served} traced.";
        });

        var lines = system.Logs();
        Assert.All(lines, line => Assert.Equal(EveryLine, line.Json.EnumerateObject().Select(field => field.Name).Take(EveryLine.Length)));
        Assert.All(
            lines, line => Assert.Equal(Correlation, line.Json.EnumerateObject().Select(field => field.Name).TakeLast(Correlation.Length)));
        Assert.All(lines, line => Assert.Equal(line.Process, $"{line.Text("service")}-{line.Text("version")}"));
        Assert.All(
            lines, line => Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3,6}Z$", line.Text("time")));
        Assert.All(lines, line => Assert.Contains(line.Text("level"), (string[])["info", "warning", "error"]));

        var access = lines.Where(line => line.Event == "RequestFinished").ToList();
        Assert.All(access, line => Assert.Equal(
            [.. AccessFields.Order(StringComparer.Ordinal)],
            line.Json.EnumerateObject()
                .Select(field => field.Name).Except([.. EveryLine, .. Correlation, "message"]).Order(StringComparer.Ordinal)));
        Assert.All(access, line => Assert.Equal(line.Text("status") == "503" ? "error" : "info", line.Text("level")));

        var ours = Assert.Single(access, line => line.Text("x_request_id") == "failing" && line.Process == "reviews-v2");
        Assert.Equal(
            ("GET", "/reviews/{id}", "/reviews/1503", "200", "127.0.0.1", "agent/1", Trace),
            (ours.Text("method"), ours.Text("route"), ours.Text("path"), ours.Text("status"), ours.Text("client_address"),
                ours.Text("user_agent"), ours.Text("trace_id")));
        var failed = Assert.Single(lines, line => line.Event == "BackendCallFailed" && line.Text("x_request_id") == "failing");
        Assert.Equal(
            ("warning", "ratings", "/ratings/1503", "503", "503", "1", Trace),
            (failed.Text("level"), failed.Text("peer"), failed.Text("path"), failed.Text("status"), failed.Text("error_type"),
                failed.Text("try"), failed.Text("trace_id")));
        Assert.Equal(
            Enumerable.Range(1, (int)expected["retried"].Failed.Total.Low).Select(number => number.ToString(CultureInfo.InvariantCulture)),
            lines.Where(line => line.Event == "BackendCallFailed" && line.Text("x_request_id") == "retried")
                .Select(line => line.Text("try")));

        // Each access line names the server span of its request, and that one has the same to say.
        var spans = system.Receiver.Spans.ToDictionary(span => span.SpanId);
        Assert.All(access, line =>
        {
            var span = spans[line.Text("span_id")!];
            Assert.Equal(
                (OtlpSpanKind.Server, span.TraceId, line.Text("route"), line.Text("status")),
                (span.Kind, line.Text("trace_id"), span["http.route"],
                    Convert.ToString(span["http.response.status_code"], CultureInfo.InvariantCulture)));
            Assert.Equal(line.Process, $"{span.Service}-{span.Resource["service.version"]}");
        });
        Assert.All(
            lines.Where(line => line.Event == "BackendCallFailed"),
            line => Assert.Equal(line.Text("trace_id"), spans[line.Text("span_id")!].TraceId));
        await AssertSentAsWellAsync(system);
    }

    [Fact]
    public async Task Without_tracing_the_lines_carry_the_position_that_the_caller_told()
    {
        await using var system = await TelemetrySystem.StartAsync(protocol: null, only: ["ratings-v1"]);
        await system.GetAsync("ratings-v1", "/ratings/7", "x-request-id: told", $"traceparent: 00-{Trace}-{Parent}-01");
        string[] untold =
        [
            "x-none: x", "b3: 0", "b3: 1", "b3: d", "b3: rubbish", $"b3: {Trace}-0000000000000000-1", "x-b3-sampled: 0",
            "x-b3-sampled: false", "x-b3-flags: 1", $"x-b3-traceid: {Trace}",
        ];
        foreach (var (number, header) in untold.Index())
        {
            await system.GetAsync("ratings-v1", "/ratings/7", $"x-request-id: untold-{number}", header);
        }

        await Eventually.HoldsAsync(
            "A line for each request", () => system.Logs().Count(line => line.Event == "RequestFinished") == 1 + untold.Length);
        var lines = system.Logs().Where(line => line.Event == "RequestFinished").ToDictionary(line => line.Text("x_request_id")!);
        Assert.Equal((Trace, Parent), (lines["told"].Text("trace_id"), lines["told"].Text("span_id")));
        Assert.All(untold.Index(), request => Assert.Equal(
            (request.Item, null, null),
            (request.Item, lines[$"untold-{request.Index}"].Text("trace_id"), lines[$"untold-{request.Index}"].Text("span_id"))));
    }

    [Fact]
    public async Task Nothing_that_a_visitor_sends_gets_a_control_character_or_a_secret_into_the_log()
    {
        await using var system = await TelemetrySystem.StartAsync(rule: InjectedFaults.Rule);
        string[] secrets =
        [
            "cookie: session=s3cret", "authorization: Bearer s3cret", "jwt: s3cret", "end-user: s3cret", "proxy-authorization: s3cret",
            "baggage: k=s3cret",
        ];
        string[] targets =
        [
            "/productpage?token=s3cret", "/api/v1/products/1503?s3cret", "/a%0d%0a%1b%5b31m%00%7f%c2%85b", "/%e2%80%a8%e2%80%a9", "/%ff%fe",
            "/\u00e9\u0085\u009b", "/x\"y\\z",
            "/api/v1/products/%0a1503/reviews", "/login?username=s3cret", "*", "http://user:s3cret@elsewhere/productpage",
        ];
        var number = 0;
        foreach (var target in targets)
        {
            foreach (var hostile in (string[])
            [
                "plain", "a\tb", "\u0085\u009b31m\u00ad", "\"},{\"level\":\"error\"", "\\u000a\\n", "\u00e2\u0080\u00a8", "\u00ff\u00fe",
                new string('x', 5000),
            ])
            {
                await RawHttp.GetAsync(
                    system.Processes.AddressOf(Page),
                    target,
                    [$"x-request-id: {hostile}", $"user-agent: {hostile}", $"referer: {hostile}", .. secrets]);
                number++;
            }
        }

        // What is no HTTP at all.
        foreach (var request in (string[])
        [
            "\u0000\u001b[31m s3cret\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nx: \u0000s3cret\r\n\r\n",
            "GET /\u001b HTTP/1.1\r\nHost: a\r\n\r\n", "M\u0001 / HTTP/1.1\r\nHost: s3cret\r\n\r\n",
        ])
        {
            await RawHttp.SendAsync(system.Processes.AddressOf(Page), request, endAfterwards: true);
        }

        using (var form = new FormUrlEncodedContent([new("username", "s3cret"), new("passwd", "s3cret")]))
        using (var login = await system.Client.PostAsync(system.AddressOf(Page, "/login"), form, TestContext.Current.CancellationToken))
        {
            Assert.Equal(302, (int)login.StatusCode);
            await system.GetAsync(
                Page, "/productpage", $"cookie: {login.Headers.GetValues("set-cookie").Single().Split(';')[0]}", "x-request-id: last");
        }

        await system.GetAsync(Page, "/last", "x-request-id: last");
        await Eventually.HoldsAsync("The last line never came.", () => system.Logs(Page).Any(line => line.Text("path") == "/last"));
        await Eventually.HoldsAsync(
            "The last span never came.", () => system.Receiver.Spans.Any(span => Equals(span["url.path"], "/last")));
        var lines = system.Logs();
        Assert.True(lines.Count(line => line.Process == Page && line.Event == "RequestFinished") > number / 2);
        Assert.Contains(lines, line => line.Event == "RequestRejected");
        Assert.All(lines.SelectMany(line => Strings(line.Json)), AssertHarmless);
        Assert.All(system.Receiver.Spans.SelectMany(span => span.Attributes.Values.OfType<string>().Append(span.Name)), AssertHarmless);
        Assert.All(system.Receiver.Logs.SelectMany(log => log.Attributes.Values.Append(log.Body).OfType<string>()), AssertHarmless);
        Assert.All(
            lines.Where(line => line.Process == Page && line.Event == "RequestFinished"),
            line => Assert.InRange(line.Json.GetRawText().Length, 1, 4000));
        await AssertSentAsWellAsync(system);
    }

    /// <summary>In a mesh that makes the traces: what is sent must be found by them.</summary>
    [Fact]
    public async Task Without_tracing_what_is_sent_has_the_position_that_the_request_brought()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        const string Span = "b7ad6b7169203331";
        using var nobody = new ClosedPort();
        await using var system = await TelemetrySystem.StartAsync(only: ["reviews-v2", "details-v1"], configure: system =>
        {
            system.Processes.Set("*", "OTEL_TRACES_EXPORTER", "none");
            system.Processes.CallInstead("ratings-v1", nobody.Address);
        });
        await system.GetAsync("reviews-v2", "/reviews/7", "x-request-id: one", $"traceparent: 00-{Trace}-{Span}-01");
        await system.GetAsync("details-v1", "/details/7", "x-request-id: two");
        await Eventually.HoldsAsync(
            "The lines never came.", () => system.Logs().Count(line => line.Event is "RequestFinished" or "BackendCallFailed") == 3);
        await AssertSentAsWellAsync(system);
        var sent = system.Receiver.Logs.Where(log => log.EventName is "RequestFinished" or "BackendCallFailed").ToList();
        Assert.Equal(
            [("BackendCallFailed", Trace, Span), ("RequestFinished", "", ""), ("RequestFinished", Trace, Span)],
            sent.Select(log => (log.EventName, log.TraceId, log.SpanId)).Order());
        Assert.Equal(
            system.Logs().Select(line => line.Text("duration_ms")).OfType<string>().Order(),
            sent.Select(log => Text(log, "duration_ms")).OfType<string>().Order());
    }

    [Fact]
    public async Task Text_is_for_people_and_the_access_log_can_be_turned_off()
    {
        await using var system = await TelemetrySystem.StartAsync(
            protocol: null, only: ["ratings-v1", .. CallGraph.WithBackends("reviews-v1"), "details-v1"], configure: system =>
            {
                system.Processes.Set("ratings", "LOG_FORMAT", "text");
                system.Processes.Set("reviews", "ACCESS_LOG", "off");
            });
        await system.GetAsync("ratings-v1", "/ratings/7", "x-request-id: readable", "user-agent: x\" request=forged \\");
        await system.GetAsync("reviews-v1", "/reviews/7", "x-request-id: unseen");
        await system.GetAsync("details-v1", "/health", "x-request-id: probe");
        foreach (var process in system.Processes.Started.Reverse())
        {
            Assert.Equal(0, await process.StopAsync());
        }

        var text = system.Processes["ratings-v1"].Lines;
        Assert.Single(text, line => line.Contains("GET /ratings/7 200", StringComparison.Ordinal)
            && line.EndsWith(" \"x\\\" request=forged \\\\\" request=readable", StringComparison.Ordinal));
        Assert.All(text, line => Assert.DoesNotContain("{", line, StringComparison.Ordinal));
        Assert.Equal(["ServiceStarted", "ServiceDraining", "ServiceStopped"], system.Logs("reviews-v1").Select(line => line.Event));
        Assert.Equal(["ServiceStarted", "ServiceDraining", "ServiceStopped"], system.Logs("details-v1").Select(line => line.Event));
        Assert.InRange(double.Parse(system.Logs("details-v1")[0].Text("startup_ms")!, CultureInfo.InvariantCulture), 1, 60_000);
        Assert.All(
            system.Logs("reviews-v1"),
            line => Assert.Equal((null, null, null), (line.Text("x_request_id"), line.Text("trace_id"), line.Text("span_id"))));
    }

    /// <summary>What is on stdout is sent by OTLP too, with the same content and the same ids.</summary>
    private static async Task AssertSentAsWellAsync(TelemetrySystem system)
    {
        var written = new Tally(system.Logs().Select(line => string.Join(' ', line.Process, line.Event, line.Text("path"),
            line.Text("status"), line.Text("user_agent"), line.Text("trace_id"), line.Text("span_id"))));
        await Eventually.HoldsAsync(() => Tally.Difference(written, new Tally(system.Receiver.Logs.Select(log =>
            string.Join(' ', $"{log.Service}-{log.Resource["service.version"]}", log.EventName, Text(log, "path"), Text(log, "status"),
                Text(log, "user_agent"), log.TraceId, log.SpanId)))));
    }

    private static string? Text(OtlpLog log, string attribute) =>
        Convert.ToString(log.Attributes.GetValueOrDefault(attribute), CultureInfo.InvariantCulture);

    private static void AssertHarmless(string text)
    {
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, character => char.IsControl(character) || character is '\u2028' or '\u2029');
    }

    private static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(field => Strings(field.Value).Prepend(field.Name)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [json.GetString()!],
        _ => [],
    };
}
