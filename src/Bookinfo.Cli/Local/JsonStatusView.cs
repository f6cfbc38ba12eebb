using System.Text.Json;

namespace Bookinfo.Cli.Local;

/// <summary>For programs: <c>{"event":"ready",...}</c> when all are ready, then <c>{"event":"changed",...}</c> for each change; one object a line.</summary>
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
            Write(new StatusEvent("ready", plan.Page, plan.Prometheus, [.. system.Statuses.Select(StatusRecord.From)]));
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
                Write(new StatusEvent("changed", null, null, [StatusRecord.From(status)]));
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
