using System.Text.Json;
using System.Text.Json.Serialization;
using Bookinfo.Local;

namespace Bookinfo.Cli.Views;

/// <summary>
/// For programs: <c>{"event":"ready",...}</c> when all are ready, then <c>{"event":"changed",...}</c> for each change; one object a line.
/// </summary>
/// <param name="output">Where the objects go.</param>
/// <param name="plan">What runs.</param>
internal sealed class JsonStatusView(TextWriter output, LocalPlan plan) : IStatusView
{
    private readonly Lock _lock = new();
    private bool _running;

    /// <inheritdoc/>
    public void Started(LocalSystem system)
    {
    }

    /// <inheritdoc/>
    public void Ready(LocalSystem system)
    {
        lock (_lock)
        {
            Write(new StatusEvent("ready", plan.Page, plan.Prometheus, plan.Dashboard, [.. system.Statuses.Select(StatusRecord.From)]));
            _running = true;
        }
    }

    /// <inheritdoc/>
    public void Changed(ServiceStatus status)
    {
        lock (_lock)
        {
            if (_running)
            {
                Write(new StatusEvent("changed", null, null, null, [StatusRecord.From(status)]));
            }
        }
    }

    /// <inheritdoc/>
    public void Stopping()
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Write(StatusEvent status) => output.WriteLine(JsonSerializer.Serialize(status, StatusJson.Default.StatusEvent));
}

/// <summary>A line of <c>up --output json</c>.</summary>
/// <param name="Event"><c>ready</c> when all services are ready, <c>changed</c> when the state of one has changed.</param>
/// <param name="Page">The address to open; with <c>ready</c> only.</param>
/// <param name="Prometheus">The address of Prometheus; with <c>ready</c> only, and only when it runs.</param>
/// <param name="Dashboard">The address of the Aspire dashboard; with <c>ready</c> only, and only when it runs.</param>
/// <param name="Services">All processes, Prometheus and the dashboard among them when they run, or the one that has changed.</param>
internal sealed record StatusEvent(
    string Event, string? Page, string? Prometheus, string? Dashboard, IReadOnlyList<StatusRecord> Services);

/// <summary>A service in <c>up --output json</c>.</summary>
/// <param name="Service">The service, such as <c>reviews</c>.</param>
/// <param name="Version">The version, such as <c>v2</c>.</param>
/// <param name="Address">The address that it listens on.</param>
/// <param name="Pid">Its process id, when a process runs.</param>
/// <param name="ResidentBytes">The memory that its process occupies.</param>
/// <param name="StartUpSeconds">From the start of its process until it listened, as it says in its log; not of Prometheus.</param>
/// <param name="State"><c>starting</c>, <c>ready</c>, <c>not-ready</c>, <c>restarting</c>, <c>stopping</c> or <c>stopped</c>.</param>
/// <param name="Restarts">How often it was started again after it had ended by itself.</param>
/// <param name="ExitCode">The exit code of the process before this one.</param>
/// <param name="RestartInSeconds">How long it is until the next start.</param>
/// <param name="LogFile">The full path of its log.</param>
/// <param name="Telemetry">Which of the telemetry that it sends does not arrive, and why.</param>
/// <param name="Management">The address where it takes faults; not of Prometheus and the dashboard.</param>
internal sealed record StatusRecord(
    string Service,
    string Version,
    string Address,
    int? Pid,
    long? ResidentBytes,
    double? StartUpSeconds,
    string State,
    int Restarts,
    int? ExitCode,
    double? RestartInSeconds,
    string LogFile,
    string? Telemetry,
    string? Management)
{
    /// <summary>Makes it of what is known of a service.</summary>
    /// <param name="status">The service.</param>
    public static StatusRecord From(ServiceStatus status) => new(
        status.Plan.Version.Service,
        status.Plan.Version.Version,
        $"http://{status.Address}",
        status.Pid,
        status.ResidentBytes,
        Round(status.StartUp),
        status.ShortDescription.Replace(' ', '-'),
        status.Restarts,
        status.ExitCode,
        Round(status.RestartIn),
        status.Plan.LogFile,
        status.Telemetry,
        status.Plan.ManagementPort is { } port ? $"http://127.0.0.1:{port}" : null);

    private static double? Round(TimeSpan? span) => span is { } known ? Math.Round(known.TotalSeconds, 3) : null;
}

/// <summary>How the lines of <c>up --output json</c> are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusEvent))]
internal sealed partial class StatusJson : JsonSerializerContext;
