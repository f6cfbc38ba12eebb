using System.Globalization;
using System.Net.Sockets;
using Bookinfo.Otlp;
using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>What spans say of themselves, above all of how a call ended.</summary>
public sealed class SpanAttributeTests
{
    private const string Caller = "00f067aa0ba902b7";

    /// <summary>Product, and the status and the error of the call to details, and of the answer of productpage.</summary>
    private static readonly (string Id, string Call, string Answer)[] Calls =
    [
        ("7", "200 (none) Unset", "200 (none) Unset"),
        ("abc", "400 400 Error", "400 (none) Unset"),
        ("1302", "302 (none) Unset", "302 (none) Unset"),
        ("1404", "404 404 Error", "404 (none) Unset"),
        ("1503", "503 503 Error", "503 503 Error"),
        ("1999", "(none) timeout Error", "500 500 Error"),
        ("1998", "200 timeout Error", "500 500 Error"),
        ("1997", "(none) response_ended Error", "500 500 Error"),
        ("1996", "(none) invalid_response Error", "500 500 Error"),
        ("1995", "200 response_ended Error", "500 500 Error"),
    ];

    [Fact]
    public async Task Spans_tell_how_a_call_ended()
    {
        using var nobody = new ClosedPort();
        await using var system = await TelemetrySystem.StartAsync(
            rule: InjectedFaults.Rule, configure: system => system.Processes.CallInstead("ratings-v1", nobody.Address));
        await Task.WhenAll(Calls.Select((call, number) => GetAsync(system, $"/api/v1/products/{call.Id}", number)));
        await GetAsync(system, Visit.Api("7", "/ratings").Target, 100);
        await GetAsync(system, Visit.Api("2503", "/reviews").Target, 101);
        await GetAsync(system, "/no/such/page", 102);
        await GetAsync(system, "/productpage", 103, "BREW");

        for (var number = 0; number < Calls.Length; number++)
        {
            var (id, call, answer) = Calls[number];
            var root = await TreeAsync(system, number, Visit.Api(id));
            Assert.Equal((id, answer), (id, Outcome(root.Span)));
            var client = Assert.Single(root.Children);
            Assert.Equal((id, call), (id, Outcome(client.Span)));
            Assert.Null(client.Span["http.request.resend_count"]);
            // An error of the caller is none of the server.
            Assert.All(client.Children, server => Assert.Equal($"{(id == "7" ? 200 : 400)} (none) Unset", Outcome(server.Span)));
        }

        var refused = await TreeAsync(system, 100, Visit.Api("7", "/ratings"), "ratings");
        Assert.Equal("(none) connection_error Error", Outcome(Assert.Single(refused.Children).Span));
        Assert.Equal("500 500 Error", Outcome(refused.Span));

        var retried = (await TreeAsync(system, 101, Visit.Api("2503", "/reviews")))
            .Children.Select(child => child.Span).OrderBy(span => span.Start).ToList();
        Assert.All(retried, span => Assert.Equal("503 503 Error", Outcome(span)));
        Assert.Equal([null, 1L], retried.Select(span => span["http.request.resend_count"]));

        var unknown = (await TreeAsync(system, 102, new("productpage-v1", "GET", "/no/such/page", "", 404))).Span;
        Assert.Equal(("GET", "404 (none) Unset", null), (unknown.Name, Outcome(unknown), unknown["http.route"]));
        var brewed = (await TreeAsync(system, 103, new("productpage-v1", "BREW", "/productpage", "", 405))).Span;
        Assert.Equal(("_OTHER", "405 (none) Unset"), (brewed["http.request.method"], Outcome(brewed)));
        Assert.DoesNotContain("BREW", brewed.Name, StringComparison.Ordinal);
        Assert.Null(brewed["http.route"]);
    }

    /// <summary>A health check of a load balancer often speaks HTTP/1.0, and names no host.</summary>
    [Fact]
    public async Task Who_names_no_host_asks_for_none()
    {
        await using var system = await TelemetrySystem.StartAsync(only: ["ratings-v1"]);
        using var client = new TcpClient();
        var address = system.Processes.AddressOf("ratings-v1");
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("GET /ratings/7 HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("No span came.", () => system.Receiver.Spans.Count > 0);
        var span = Assert.Single(system.Receiver.Spans);
        Assert.Equal(("/ratings/7", "1.0"), (span["url.path"], span["network.protocol.version"]));
        Assert.DoesNotContain("server.address", span.Attributes.Keys);
        Assert.DoesNotContain("server.port", span.Attributes.Keys);
    }

    [Fact]
    public async Task Spans_have_these_attributes_and_no_other()
    {
        await using var system = await TelemetrySystem.StartAsync();
        await GetAsync(system, "/api/v1/products/7?secret=hidden&u=x", 0);
        var root = await TreeAsync(system, 0, Visit.Api("7"));
        var page = system.Processes.AddressOf("productpage-v1");
        var details = system.ProxyOf("details-v1").Address;
        Assert.Equal(Sorted(new()
        {
            ["http.request.method"] = "GET",
            ["url.scheme"] = "http",
            ["url.path"] = "/api/v1/products/7",
            ["url.query"] = "secret=Redacted&u=Redacted",
            ["http.route"] = "/api/v1/products/{id}",
            ["http.response.status_code"] = 200L,
            ["server.address"] = page.Host,
            ["server.port"] = (long)page.Port,
            ["client.address"] = "127.0.0.1",
            ["network.protocol.version"] = "1.1",
            ["user_agent.original"] = "tests",
        }), Sorted(root.Span.Attributes.ToDictionary()));
        var client = Assert.Single(root.Children);
        Assert.Equal("GET /details/{id}", client.Span.Name);
        Assert.Equal(Sorted(new()
        {
            ["http.request.method"] = "GET",
            ["url.full"] = $"http://localhost:{details.Port}/details/7",
            ["url.template"] = "/details/{id}",
            ["server.address"] = "localhost",
            ["server.port"] = (long)details.Port,
            ["network.protocol.version"] = "1.1",
            ["http.response.status_code"] = 200L,
            ["service.peer.name"] = "details",
            ["peer.service"] = "details",
        }), Sorted(client.Span.Attributes.ToDictionary()));
        Assert.Equal("bookinfo", root.Span.Resource["service.namespace"]);
        Assert.NotEqual(root.Span.Resource["service.instance.id"], client.Children[0].Span.Resource["service.instance.id"]);
    }

    private static async Task GetAsync(TelemetrySystem system, string target, int number, string method = "GET")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), system.AddressOf("productpage-v1", target));
        request.Headers.Add("traceparent", $"00-{TraceOf(number)}-{Caller}-01");
        request.Headers.Add("x-request-id", $"request-{number}");
        request.Headers.UserAgent.ParseAdd("tests");
        using var response = await system.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<Tree> TreeAsync(TelemetrySystem system, int number, Visit visit, params string[] refused)
    {
        var spans = ExpectedVisits.Of(system, visit, $"request-{number}", refused).Spans.Low;
        Tree? tree = null;
        await Eventually.HoldsAsync(() =>
        {
            var seen = system.Receiver.Spans.Where(span => span.TraceId == TraceOf(number)).ToList();
            tree = seen.Count == spans ? Tree.Build(seen, Caller) : null;
            return tree is null ? $"Request {number} has {seen.Count} spans and not {spans}." : "";
        });
        return tree!;
    }

    private static string TraceOf(int number) => "4bf92f3577b34da6a3ce929d0e00" + number.ToString("x4", CultureInfo.InvariantCulture);

    private static string Outcome(OtlpSpan span) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{span["http.response.status_code"] ?? "(none)"} {span["error.type"] ?? "(none)"} {span.Status}");

    private static List<string> Sorted(Dictionary<string, object> attributes) =>
        [.. attributes.Select(attribute => $"{attribute.Key} = {attribute.Value} "
            + $"({attribute.Value.GetType().Name})").Order(StringComparer.Ordinal)];
}
