using System.Text.Json;
using Bookinfo.Testing;
using Bookinfo.ToolTesting;

namespace Bookinfo.Cli.Tests;

/// <summary>What <c>bookinfo up</c> says about telemetry that does not arrive.</summary>
public sealed class UpTelemetryTests
{
    private readonly FreePorts _ports = FreePorts.Find();

    [Fact]
    public async Task A_collector_that_is_not_there_is_said_and_so_is_that_it_has_come()
    {
        await using var collector = await LateCollector.StartAsync();
        await using var up = Up(collector.Address, "--output", "json");
        await up.ReadyAsync();
        using var client = new HttpClient();
        // The first failure may be in the line that says that all are ready.
        await SayAsync(
            up, client, static telemetry => telemetry?.StartsWith("logs do not arrive by OTLP: ", StringComparison.Ordinal) == true);

        collector.Come();
        await SayAsync(up, client, static telemetry => telemetry is null);
    }

    /// <summary>The new process has never failed, and so does not say that it works again.</summary>
    [Fact]
    public async Task A_process_that_is_started_again_begins_without_the_troubles_of_the_one_before()
    {
        await using var collector = await LateCollector.StartAsync();
        await using var up = Up(collector.Address, "--output", "json");
        await up.ReadyAsync();
        using var client = new HttpClient();
        await SayAsync(up, client, static telemetry => telemetry is not null);

        await Signal.SendAsync("KILL", LastOf(up).GetProperty("pid").GetInt32());
        await up.ChangeAsync("ratings", "restarting");
        collector.Come();
        await up.ChangeAsync("ratings", "ready");
        await SayAsync(up, client, static telemetry => telemetry is null);
        await Eventually.HoldsAsync("log records", () => collector.Receiver.Logs.Count > 0);
        Assert.False(LastOf(up).TryGetProperty("telemetry", out _));
    }

    [Fact]
    public async Task It_is_a_line_in_plain_output()
    {
        await using var gone = new LoopbackServer(static (_, _, _) => Task.CompletedTask);
        await using var up = Up(gone.Address);
        var line = await up.LineAsync(static line => line.Contains("OTLP", StringComparison.Ordinal));
        Assert.StartsWith("ratings-v1: logs do not arrive by OTLP: ", line, StringComparison.Ordinal);
    }

    private CommandRun Up(Uri collector, params string[] options) => CommandRun.Bookinfo(
    [
        "up", "--no-build", "--reviews", "v1", .. options, .. _ports.Options,
        "--env", $"ratings:OTEL_EXPORTER_OTLP_LOGS_ENDPOINT={collector}v1/logs",
        "--env", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "--env", "OTEL_BLRP_SCHEDULE_DELAY=50",
    ]);

    /// <summary>Sends requests to ratings, which make it write to its log, until the last that is said of its telemetry is so.</summary>
    private static Task SayAsync(CommandRun up, HttpClient client, Func<string?, bool> isSo) => Eventually.HoldsAsync(async () =>
    {
        var last = LastOf(up);
        await client.GetAsync(last.GetProperty("address").GetString(), TestContext.Current.CancellationToken);
        var telemetry = last.TryGetProperty("telemetry", out var said) ? said.GetString() : null;
        return isSo(telemetry) ? "" : $"It says: {telemetry}";
    });

    /// <summary>What was last said of ratings.</summary>
    private static JsonElement LastOf(CommandRun up) => up.Output.Split('\n').SkipLast(1)
        .SelectMany(static line => JsonDocument.Parse(line).RootElement.GetProperty("services").EnumerateArray())
        .Last(static service => service.GetProperty("service").GetString() == "ratings");

    /// <summary>A collector that turns away what is sent to it until it is told to come.</summary>
    private sealed class LateCollector : IAsyncDisposable
    {
        private readonly LoopbackServer _way;
        private bool _isThere;

        private LateCollector(OtlpReceiver receiver)
        {
            Receiver = receiver;
            _way = new LoopbackServer(async (client, _, token) =>
            {
                if (Volatile.Read(ref _isThere))
                {
                    await LoopbackServer.RelayAsync(client, receiver.HttpAddress, token);
                }
            });
        }

        /// <summary>Where it will be.</summary>
        public Uri Address => _way.Address;

        /// <summary>What it has got.</summary>
        public OtlpReceiver Receiver { get; }

        public static async Task<LateCollector> StartAsync() => new(await OtlpReceiver.StartAsync());

        public void Come() => Volatile.Write(ref _isThere, true);

        public async ValueTask DisposeAsync()
        {
            await _way.DisposeAsync();
            await Receiver.DisposeAsync();
        }
    }
}
