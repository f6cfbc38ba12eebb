using Bookinfo.Cli.Terminal;
using Bookinfo.Local;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookinfo.Cli.Views;

/// <summary>
/// Shows how the services are. Members may be called from any thread; disposing shows the last state and gives the terminal back.
/// </summary>
internal interface IStatusView : IAsyncDisposable
{
    /// <summary>The processes are started.</summary>
    /// <param name="system">The services.</param>
    void Started(LocalSystem system);

    /// <summary>All services are ready.</summary>
    /// <param name="system">The services.</param>
    void Ready(LocalSystem system);

    /// <summary>The state of a service has changed.</summary>
    /// <param name="status">The new state.</param>
    void Changed(ServiceStatus status);

    /// <summary>The services are told to stop.</summary>
    void Stopping();
}

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

/// <summary>For a terminal: the table, drawn again in its place about once a second and at each change.</summary>
/// <param name="console">The terminal.</param>
/// <param name="footer">What to say below the table.</param>
internal sealed class LiveStatusView(IAnsiConsole console, IReadOnlyList<string> footer, TimeProvider time) : IStatusView
{
    private readonly LiveText _live = new(console, time);
    private volatile IReadOnlyList<string> _footer = footer;

    /// <inheritdoc/>
    public void Started(LocalSystem system) => _live.Show(width => Render(system, width));

    /// <inheritdoc/>
    public void Ready(LocalSystem system) => _live.Redraw();

    /// <inheritdoc/>
    public void Changed(ServiceStatus status) => _live.Redraw();

    /// <inheritdoc/>
    public void Stopping()
    {
        _footer = ["Stopping."];
        _live.Redraw();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _footer = [];
        return _live.DisposeAsync();
    }

    private IEnumerable<IRenderable> Render(LocalSystem system, int width)
    {
        var table = StatusTable.Format(system.Statuses, width).Select(line => new Paragraph()
            .Append(line.Text, line.Kind is null ? new Style(decoration: Decoration.Dim) : Style.Plain)
            .Append(line.State, ColorOf(line.Kind)));
        return [.. table, new Text(""), .. _footer.Select(line => new Text(line))];
    }

    private static Style ColorOf(ServiceState? state) => state switch
    {
        null => new Style(decoration: Decoration.Dim),
        ServiceState.Ready => new Style(Color.Green),
        ServiceState.Restarting => new Style(Color.Red),
        ServiceState.NotReady => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
