namespace Bookinfo.Cli.Local;

/// <summary>For a file or a pipe: the table once when all are ready, then a line for each change.</summary>
/// <param name="output">Where the table and the changes go.</param>
/// <param name="messages">Where the rest goes.</param>
/// <param name="footer">What to say below the table.</param>
internal sealed class PlainStatusView(TextWriter output, TextWriter messages, IReadOnlyList<string> footer) : IStatusView
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
            foreach (var line in StatusTable.Format(system.Statuses, int.MaxValue))
            {
                output.WriteLine(line.Text + line.State);
            }

            foreach (var line in footer)
            {
                messages.WriteLine(line);
            }

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
                output.WriteLine($"{status.Plan.Name}: {status.Description}{(status.Pid is { } pid ? $" (pid {pid})" : "")}");
            }
        }
    }

    /// <inheritdoc/>
    public void Stopping()
    {
        lock (_lock)
        {
            if (_running)
            {
                messages.WriteLine("Stopping.");
            }

            _running = false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
