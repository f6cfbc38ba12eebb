using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>The variables of OpenTelemetry do what its specification says, and callers who want no trace get none.</summary>
public sealed class SdkSettingTests
{
    private const string Parent = "00f067aa0ba902b7";

    [Fact]
    public async Task Callers_who_take_no_trace_get_no_spans()
    {
        await using var system = await TelemetrySystem.StartAsync();
        string[][] notTaken =
        [
            [$"traceparent: 00-{TraceOf(1)}-{Parent}-00"],
            [$"b3: {TraceOf(2)}-{Parent}-0"],
            [$"x-b3-traceid: {TraceOf(3)}", $"x-b3-spanid: {Parent}", "x-b3-sampled: 0"],
            ["b3: 0"],
            ["x-b3-sampled: 0"],
        ];
        foreach (var headers in notTaken)
        {
            for (var view = 0; view < 6; view++)
            {
                Assert.Equal(
                    HttpStatusCode.OK, await system.GetAsync("productpage-v1", "/productpage", ["x-request-id: not-taken", .. headers]));
            }
        }

        // What is exported goes out in the order in which it ended. So when each process has sent a span that was made later, none is to
        // come.
        foreach (var version in TelemetrySystem.Versions)
        {
            await system.GetAsync(version.Name, "/last", "x-request-id: last", $"traceparent: 00-{TraceOf(9)}-{Parent}-01");
        }

        await Eventually.HoldsAsync(
            "The last spans never came.",
            () => system.Receiver.Spans.Count(span => span.TraceId == TraceOf(9)) == TelemetrySystem.Versions.Count);
        Assert.Equal(
            [],
            system.Receiver.Spans.Where(span => span.TraceId != TraceOf(9)).Select(span => $"{span.TraceId} {span.Service} {span.Name}"));
    }

    /// <summary>The platform speaks HTTP/2 without TLS through no proxy, and clusters set these for every pod.</summary>
    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("ALL_PROXY")]
    public async Task Without_TLS_gRPC_goes_past_a_proxy(string variable)
    {
        using var proxy = new ClosedPort();
        await using var system = await TelemetrySystem.StartAsync(only: ["ratings-v1"], configure: system =>
        {
            system.Processes.Set("*", variable, proxy.Address.AbsoluteUri);
            foreach (var exception in new[] { "NO_PROXY", "no_proxy" })
            {
                system.Processes.Set("*", exception, ".svc,.cluster.local,10.0.0.0/8");
            }
        });
        Assert.Equal(HttpStatusCode.OK, await system.GetAsync("ratings-v1", "/ratings/7", "x-request-id: proxied"));
        await Eventually.HoldsAsync("No span came.", () => system.Receiver.Spans.Count > 0);
    }

    [Fact]
    public async Task What_is_sent_to_this_machine_goes_past_a_proxy()
    {
        using var proxy = new ClosedPort();
        await using var system = await TelemetrySystem.StartAsync("http/protobuf", only: ["ratings-v1"], configure: system =>
        {
            foreach (var (variable, value) in new[]
            {
                ("HTTP_PROXY", proxy.Address.AbsoluteUri), ("http_proxy", proxy.Address.AbsoluteUri), ("NO_PROXY", ""), ("no_proxy", ""),
            })
            {
                system.Processes.Set("*", variable, value);
            }
        });
        Assert.Equal(HttpStatusCode.OK, await system.GetAsync("ratings-v1", "/ratings/7", "x-request-id: proxied"));
        await Eventually.HoldsAsync("No span came.", () => system.Receiver.Spans.Count > 0);
    }

    /// <summary>The platform names a proxy with its password in the exceptions that it throws.</summary>
    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("")]
    public async Task The_password_of_a_proxy_that_does_not_let_through_is_not_in_the_log(string answer)
    {
        await using var proxy = new LoopbackServer(async (client, _, token) =>
        {
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, cancellationToken: token);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), token);
        });
        await using var system = await TelemetrySystem.StartAsync(protocol: null, only: ["ratings-v1"], configure: system =>
        {
            system.Processes.Set("*", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector.example:4318/v1/traces");
            system.Processes.Set("*", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
            foreach (var variable in new[] { "HTTPS_PROXY", "https_proxy" })
            {
                system.Processes.Set("*", variable, $"http://user:hush%20hu%27sh@{proxy.Address.Authority}");
            }
        });
        Assert.Equal(HttpStatusCode.OK, await system.GetAsync("ratings-v1", "/ratings/7"));
        await Eventually.HoldsAsync("It is not told.", () => system.Logs().Any(line => line.Event == "TelemetryExportFailed"));
        Assert.All(system.Processes["ratings-v1"].Lines, line =>
        {
            Assert.DoesNotContain("hush", line, StringComparison.Ordinal);
            Assert.DoesNotContain("user:", line, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task The_name_the_resource_and_the_headers_are_those_of_the_variables()
    {
        await using var system = await RatingsAsync(
            ("OTEL_SERVICE_NAME", "stars"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,service.version=v9,te%61m=a%25b"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-token=secret,x-other=2"), ("K8S_POD_NAME", "ratings-pod"), ("K8S_NAMESPACE_NAME", "shop"),
            ("K8S_NODE_NAME", "node-1"));
        await StopAfterARequestAsync(system, () => system.Receiver.Spans.Count > 0 && system.Receiver.Logs.Count > 0);
        var span = Assert.Single(system.Receiver.Spans);
        Assert.Equal(
            ("stars", "test", "v9", "ratings-pod", "shop", "node-1"),
            (span.Service, span.Resource["deployment.environment.name"], span.Resource["service.version"], span.Resource["k8s.pod.name"],
                span.Resource["k8s.namespace.name"], span.Resource["k8s.node.name"]));
        // The SDK would add the name as it is written.
        Assert.Equal(("a%b", false), (span.Resource["team"], span.Resource.ContainsKey("te%61m")));
        Assert.All(system.Receiver.Logs, log => Assert.Equal("stars", log.Service));
        Assert.All(system.Logs(), line => Assert.Equal(("stars", "v9"), (line.Text("service"), line.Text("version"))));
        Assert.NotEmpty(system.Receiver.Exports);
        Assert.All(
            system.Receiver.Exports, export => Assert.Equal(("secret", "2"), (export.Headers["x-token"], export.Headers["x-other"])));
    }

    [Fact]
    public async Task Disabled_means_nothing_is_sent_and_the_service_serves()
    {
        await using var system = await RatingsAsync(("OTEL_SDK_DISABLED", "true"));
        var metrics = await system.GetAsync("ratings-v1", "/metrics");
        await StopAfterARequestAsync(system);
        Assert.Equal(HttpStatusCode.NotFound, metrics);
        Assert.Empty(system.Receiver.Exports);
    }

    [Theory]
    [InlineData("OTEL_TRACES_EXPORTER", "none", false, true, false)]
    [InlineData("OTEL_LOGS_EXPORTER", "none", true, false, false)]
    [InlineData("OTEL_METRICS_EXPORTER", "none", true, true, false)]
    [InlineData("OTEL_METRICS_EXPORTER", "otlp", true, true, true)]
    [InlineData("OTEL_TRACES_SAMPLER", "always_off", false, true, false)]
    public async Task Signals_are_sent_that_are_asked_for(string variable, string value, bool traces, bool logs, bool metrics)
    {
        await using var system = await RatingsAsync((variable, value), ("OTEL_METRIC_EXPORT_INTERVAL", "500"));
        await StopAfterARequestAsync(system, () => (system.Receiver.Spans.Count > 0 || !traces) && (system.Receiver.Logs.Count > 0 || !logs)
            && (system.Receiver.Metrics.Any(point => point.Count > 0) || !metrics));
        Assert.Equal(
            (traces, logs, metrics), (system.Receiver.Spans.Count > 0, system.Receiver.Logs.Count > 0, system.Receiver.Metrics.Count > 0));
        if (metrics)
        {
            var duration = system.Receiver.Metrics.Last(point => point.Name == "http.server.request.duration");
            Assert.Equal((1UL, "s", "/ratings/{id?}"), (duration.Count, duration.Unit, duration.Attributes["http.route"]));
        }
    }

    [Fact]
    public async Task Messages_can_be_compressed()
    {
        await using var system = await RatingsAsync(("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"));
        await StopAfterARequestAsync(system, () => system.Receiver.Spans.Count > 0);
        Assert.Single(system.Receiver.Spans);
        Assert.All(system.Receiver.Exports, export => Assert.True(export.IsCompressed));
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_sent()
    {
        // Where the SDK would send to if nobody had said where. If something else listens there, ours cannot, and sees nothing; if nothing
        // does, sending fails, which is logged.
        using var grpc = Listen(4317);
        using var http = Listen(4318);
        await using var system = await TelemetrySystem.StartAsync(protocol: null, only: ["ratings-v1"]);
        await StopAfterARequestAsync(system);

        // Programs beside this one may try any port. What is sent by OTLP begins in one of these ways.
        var sent = SentTo(grpc) + SentTo(http);
        Assert.DoesNotContain("PRI * HTTP/2.0", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("POST /v1/", sent, StringComparison.Ordinal);
        Assert.DoesNotContain(system.Logs(), line => line.Event == "TelemetryExportFailed");
        Assert.Empty(system.Receiver.Exports);
    }

    [Theory]
    [InlineData("TRACES")]
    [InlineData("LOGS")]
    [InlineData("METRICS")]
    public async Task The_endpoint_of_one_signal_is_where_it_goes_as_it_is_and_nothing_else_is_sent(string signal)
    {
        await using var system = await RatingsAsync(
            null, [("OTEL_METRIC_EXPORT_INTERVAL", "200"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")],
            receiver => ($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", new Uri(receiver.HttpAddress, "/tenant/7/in?x=1").AbsoluteUri));
        await StopAfterARequestAsync(system, () => system.Receiver.Exports.Count > 0);
        Assert.All(system.Receiver.Exports, export => Assert.Equal("/tenant/7/in", export.Path));
        // Without spans of ours the position of the caller is the one in the log.
        Assert.Equal(signal == "TRACES", system.Logs().Single(line => line.Event == "RequestFinished").Text("trace_id") is not null);
    }

    [Theory]
    [InlineData("TRACES", "/v1/traces")]
    [InlineData("LOGS", "/v1/logs")]
    [InlineData("METRICS", "/v1/metrics")]
    public async Task What_is_said_of_one_signal_goes_before_what_is_said_of_all(string signal, string path)
    {
        await using var own = await OtlpReceiver.StartAsync();
        var prefix = $"OTEL_EXPORTER_OTLP_{signal}_";
        await using var system = await RatingsAsync(
            ("OTEL_METRICS_EXPORTER", "otlp"), ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-token=all,x-all=1"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
            (prefix + "ENDPOINT", new Uri(own.HttpAddress, path).AbsoluteUri), (prefix + "PROTOCOL", "http/protobuf"), (
                prefix + "HEADERS", "x-token=a%2Cb%3D%3D,user-agent=mine"),
            (prefix + "COMPRESSION", "gzip"), (prefix + "TIMEOUT", "60000"));
        await StopAfterARequestAsync(
            system, () => own.Exports.Count > 0 && system.Receiver.Exports.Select(export => export.Path).Distinct().Count() == 2);
        Assert.Equal(
            (signal == "TRACES", signal == "LOGS", signal == "METRICS"), (own.Spans.Count > 0, own.Logs.Count > 0, own.Metrics.Count > 0));
        Assert.Equal(
            (signal != "TRACES", signal != "LOGS", signal != "METRICS"),
            (system.Receiver.Spans.Count > 0, system.Receiver.Logs.Count > 0, system.Receiver.Metrics.Count > 0));
        Assert.All(own.Exports, export =>
        {
            Assert.Equal((path, "a,b==", true), (export.Path, export.Headers["x-token"], export.IsCompressed));
            Assert.StartsWith("mine OTel-OTLP-Exporter-Dotnet/", export.Headers["user-agent"], StringComparison.Ordinal);
            Assert.DoesNotContain("x-all", export.Headers.Keys);
        });
        Assert.All(
            system.Receiver.Exports,
            export => Assert.Equal(("all", "1", false), (export.Headers["x-token"], export.Headers["x-all"], export.IsCompressed)));
    }

    [Fact]
    public async Task The_general_endpoint_gets_the_path_of_each_signal()
    {
        await using var system = await RatingsAsync(
            null,
            [("OTEL_METRICS_EXPORTER", "otlp"), ("OTEL_METRIC_EXPORT_INTERVAL", "200"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")],
            receiver => ("OTEL_EXPORTER_OTLP_ENDPOINT", new Uri(receiver.HttpAddress, "/tenant/7/").AbsoluteUri));
        string[] paths = ["/tenant/7/v1/logs", "/tenant/7/v1/metrics", "/tenant/7/v1/traces"];
        await StopAfterARequestAsync(system, () => paths.All(path => system.Receiver.Exports.Any(export => export.Path == path)));
        Assert.Equal(paths, system.Receiver.Exports.Select(export => export.Path).Distinct().Order(StringComparer.Ordinal));
    }

    private static Task<TelemetrySystem> RatingsAsync(
        string? protocol, (string Name, string Value)[] settings, Func<OtlpReceiver, (string Name, string Value)> endpoint) =>
        TelemetrySystem.StartAsync(protocol, only: ["ratings-v1"], configure: system =>
        {
            foreach (var (name, value) in settings.Append(endpoint(system.Receiver)))
            {
                system.Processes.Set("*", name, value);
            }
        });

    private static Task<TelemetrySystem> RatingsAsync(params (string Name, string Value)[] settings) =>
        TelemetrySystem.StartAsync(only: ["ratings-v1"], configure: system =>
        {
            foreach (var (name, value) in settings)
            {
                system.Processes.Set("*", name, value);
            }
        });

    /// <summary>One request, what has to come of it, and then the end of the service: what it has to send is sent by then.</summary>
    private static async Task StopAfterARequestAsync(TelemetrySystem system, Func<bool>? received = null)
    {
        Assert.Equal(HttpStatusCode.OK, await system.GetAsync("ratings-v1", "/ratings/7", "x-request-id: one"));
        await Eventually.HoldsAsync("What was asked for was not sent.", () => received?.Invoke() ?? true);
        Assert.Equal(0, await system.Processes["ratings-v1"].StopAsync());
    }

    private static TcpListener? Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }

    /// <summary>What has been sent to a port, whose senders may be gone.</summary>
    private static string SentTo(TcpListener? listener)
    {
        var sent = new StringBuilder();
        while (listener?.Pending() == true)
        {
            using var client = listener.AcceptTcpClient();
            var received = new byte[client.Available];
            client.GetStream().ReadExactly(received);
            sent.Append(Encoding.Latin1.GetString(received)).Append('\n');
        }

        return sent.ToString();
    }

    private static string TraceOf(int number) => "4bf92f3577b34da6a3ce929d0e00" + number.ToString("x4", CultureInfo.InvariantCulture);
}
