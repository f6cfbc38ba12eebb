using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bookinfo.Cli.Terminal;
using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>
/// <c>bookinfo up --dashboard</c>: with the real Aspire dashboard, which is downloaded when this working copy does not have it yet.
/// </summary>
public sealed partial class UpDashboardTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    private Uri Dashboard => new($"http://localhost:{_ports.Dashboard}");

    [Fact]
    public async Task Shows_the_traces_logs_and_metrics_of_the_services_and_stops_with_them()
    {
        await using var up = Up("--output", "json", "--reviews", "v3");
        var ready = await up.ReadyAsync();
        Assert.Equal(Dashboard, new Uri(ready.GetProperty("dashboard").GetString()!));
        Assert.Equal(Dashboard, RunRecord.Read(new SourceTree(WorkingCopy.Root), new Uri($"http://localhost:{_ports.Page}"))!.Dashboard);
        Assert.Equal(
            ["dashboard", "details", "ratings", "reviews", "productpage"],
            ready.GetProperty("services").EnumerateArray().Select(service => service.GetProperty("service").GetString()));

        using var client = new HttpClient();
        var page = await client.GetStringAsync(
            new Uri($"http://localhost:{_ports.Page}/productpage"), TestContext.Current.CancellationToken);
        var link = TraceLink().Match(page);
        Assert.Equal($"{Dashboard}traces/detail/", link.Groups["before"].Value);
        var trace = link.Groups["id"].Value;

        var spans = await Eventually.GetAsync("the seven spans of the view", async () =>
            (await ReadAsync(client, "traces?limit=100", "resourceSpans", "scopeSpans", "spans"))
                .Where(span => span.Record.GetProperty("traceId").GetString() == trace).ToList() is { Count: 7 } all ? all : null);
        Assert.Equal(
            ["details", "productpage", "productpage", "productpage", "ratings", "reviews", "reviews"],
            spans.Select(span => span.Service).Order(StringComparer.Ordinal));
        var lines = await Eventually.GetAsync("a line of each service", async () =>
            (await ReadAsync(client, $"logs?limit=100&traceId={trace}", "resourceLogs", "scopeLogs", "logRecords")) is { Count: 4 } all
                ? all : null);
        Assert.Equal(
            ["details", "productpage", "ratings", "reviews"], lines.Select(line => line.Service).Order(StringComparer.Ordinal));
        await Eventually.HoldsAsync(async () => (await GetAsync(client, "resources")).EnumerateArray().Count(HasAll) == 4
            ? ""
            : "Not all services have all three signals.");

        await AssertForThisMachineOnlyAsync(client);
        // What a service could not deliver it would have said.
        Assert.DoesNotContain("do not arrive", up.Output);

        await up.SignalGroupAsync("INT");
        Assert.Equal(ExitCode.Success, await up.ExitAsync());
        Assert.EndsWith("Stopped.\n", up.Messages);
        Assert.Empty(up.Alive);
    }

    [Fact]
    public async Task Says_where_it_is_and_does_not_survive_a_kill_of_up()
    {
        await using var up = Up("--reviews", "v1");
        await up.LineAsync(
            line => line.StartsWith("dashboard", StringComparison.Ordinal) && line.EndsWith("  ready", StringComparison.Ordinal));
        await up.MessageAsync($"\nTraces, logs and metrics are in the dashboard: http://localhost:{_ports.Dashboard}\n");
        Assert.Contains(up.Alive, process => process.Command.EndsWith("/Aspire.Dashboard"));

        await up.SignalAsync("KILL");
        await up.ExitAsync();

        await up.NothingSurvivesAsync();
    }

    [Fact]
    public async Task Says_that_its_port_is_taken()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _ports.Dashboard);
        listener.Start();

        await using var up = Up();

        Assert.Equal(ExitCode.PortTaken, await up.ExitAsync());
        Assert.Equal(
            $"bookinfo: port {_ports.Dashboard}, which dashboard needs, is taken by Cli.Tests (pid {Environment.ProcessId}). "
            + "Stop that process or choose another port with --dashboard-port.\n",
            up.Messages);
        Assert.Empty(up.Output);
    }

    [Fact]
    public async Task Says_that_telemetry_cannot_go_to_two_places()
    {
        await using var up = CommandRun.Start(
            Path.Combine(WorkingCopy.Root, "bookinfo"), ["up", "--no-build", "--dashboard", .. _ports.Options],
            environment: new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317" });

        Assert.Equal(ExitCode.InvalidUsage, await up.ExitAsync());
        Assert.StartsWith("bookinfo: --dashboard makes the services send to the dashboard, but OTEL_EXPORTER_OTLP_ENDPOINT is set in your "
            + "shell, and a service sends to one address only. ", up.Messages);
        Assert.Empty(up.Output);
    }

    private static bool HasAll(JsonElement resource) =>
        resource.GetProperty("hasTraces").GetBoolean()
        && resource.GetProperty("hasLogs").GetBoolean()
        && resource.GetProperty("hasMetrics").GetBoolean();

    /// <summary>Whoever can reach it sees everything: that is to be nobody else, nor a page in a browser here.</summary>
    private async Task AssertForThisMachineOnlyAsync(HttpClient client)
    {
        foreach (var address in (await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork,
            TestContext.Current.CancellationToken)).Where(address => !IPAddress.IsLoopback(address)))
        {
            using var other = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(
                () => other.ConnectAsync(address, _ports.Dashboard, TestContext.Current.CancellationToken).AsTask());
        }

        using var rebound = new HttpRequestMessage(HttpMethod.Get, new Uri(Dashboard, "/api/telemetry/traces"));
        rebound.Headers.Host = "evil.example";
        using var answer = await client.SendAsync(rebound, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>Reads records of OTLP with the services that they are of.</summary>
    private async Task<List<(string Service, JsonElement Record)>> ReadAsync(
        HttpClient client, string what, string resources, string scopes, string records) =>
        [
            .. from resource in Items((await GetAsync(client, what)).GetProperty("data"), resources)
               let attributes = resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
               let service = attributes.Single(attribute => attribute.GetProperty("key").GetString() == "service.name")
               from scope in Items(resource, scopes)
               from record in Items(scope, records)
               select (service.GetProperty("value").GetProperty("stringValue").GetString()!, record),
        ];

    /// <summary>The items of a list, which is left out when there are none.</summary>
    private static List<JsonElement> Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : [];

    private async Task<JsonElement> GetAsync(HttpClient client, string what) => JsonDocument.Parse(
        await client.GetStringAsync(new Uri(Dashboard, $"/api/telemetry/{what}"), TestContext.Current.CancellationToken)).RootElement;

    private CommandRun Up(params string[] options) => CommandRun.Bookinfo(
        ["up", "--no-build", "--dashboard", "--dashboard-port", $"{_ports.Dashboard}", .. _ports.Options, .. options]);

    [GeneratedRegex("<a href=\"(?<before>[^\"]+/)(?<id>[0-9a-f]{32})\"><code>\\k<id></code></a>")]
    private static partial Regex TraceLink();
}
