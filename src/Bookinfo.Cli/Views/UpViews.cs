using System.Globalization;
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

    /// <summary>What was last said of the telemetry of a service.</summary>
    private readonly Dictionary<string, string?> _telemetry = [];
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

            foreach (var status in system.Statuses)
            {
                TellTelemetry(status);
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
            if (_running && !TellTelemetry(status))
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

    /// <summary>Says what has changed about the telemetry of a service.</summary>
    /// <returns>Whether anything has.</returns>
    private bool TellTelemetry(ServiceStatus status)
    {
        if (status.Pid is null)
        {
            _telemetry.Remove(status.Plan.Name);
            return false;
        }

        if (_telemetry.GetValueOrDefault(status.Plan.Name) == status.Telemetry)
        {
            return false;
        }

        _telemetry[status.Plan.Name] = status.Telemetry;
        output.WriteLine($"{status.Plan.Name}: {status.Telemetry ?? "telemetry arrives again"}");
        return true;
    }
}

/// <summary>For a terminal: the table, drawn again in its place about once a second and at each change.</summary>
/// <param name="console">The terminal.</param>
/// <param name="footer">What to say below the table once all services are ready.</param>
internal sealed class LiveStatusView(IAnsiConsole console, IReadOnlyList<string> footer, TimeProvider time) : IStatusView
{
    private readonly LiveText _live = new(console, time);
    private volatile IReadOnlyList<string> _footer = ["Starting."];

    /// <inheritdoc/>
    public void Started(LocalSystem system) => _live.Show(width => Render(system, width));

    /// <inheritdoc/>
    public void Ready(LocalSystem system)
    {
        _footer = footer;
        _live.Redraw();
    }

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
        return [.. table, .. Telemetry(system.Statuses), new Text(""), .. _footer.Select(line => new Text(line))];
    }

    /// <summary>What telemetry does not arrive: a line for each reason, with the services that have it.</summary>
    private static IEnumerable<IRenderable> Telemetry(IReadOnlyList<ServiceStatus> statuses) =>
        from status in statuses
        where status.Telemetry is not null
        group status.Plan.Name by status.Telemetry into services
        select new Text(
            $"{(services.Count() == statuses.Count ? "all services" : string.Join(", ", services))}: {services.Key}",
            new Style(Color.Yellow));

    private static Style ColorOf(ServiceState? state) => state switch
    {
        null => new Style(decoration: Decoration.Dim),
        ServiceState.Ready => new Style(Color.Green),
        ServiceState.Restarting => new Style(Color.Red),
        ServiceState.NotReady => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}

/// <summary>
/// The table of the services as text. Made here rather than by a table widget because the same lines go to a terminal and to a file, and
/// because nothing in it may wrap or be cut: what does not fit beside a service goes on a line of its own below it.
/// </summary>
internal static class StatusTable
{
    private const string Gap = "  ";

    private static readonly Column[] Columns =
    [
        new("SERVICE", status => status.Plan.Version.Service),
        new("VERSION", status => status.Plan.Version.Version),
        new("ADDRESS", status => status.Address),
        new("PID", status => status.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-", Right: true, Width: 7),
        new(
            "MEMORY",
            status => status.ResidentBytes is { } bytes ? $"{bytes / (1024.0 * 1024.0):0} MiB" : "-",
            Right: true,
            Width: 8,
            Optional: true),
        new(
            "START-UP",
            status => status.StartUp is { } startUp ? $"{startUp.TotalSeconds:0.00} s" : "-",
            Right: true,
            Width: 8,
            Optional: true),
    ];

    /// <summary>Formats the table.</summary>
    /// <param name="statuses">The services.</param>
    /// <param name="width">
    /// How many characters fit in a line. On a narrow terminal the columns that one can do without are left out.
    /// </param>
    /// <returns>The heading and the lines of the services.</returns>
    public static IReadOnlyList<StatusLine> Format(IReadOnlyList<ServiceStatus> statuses, int width)
    {
        var cells = Columns.Select(column => statuses.Select(column.Text).ToList()).ToList();
        var widths = Columns
            .Select((column, index) => cells[index].Select(cell => cell.Length).Append(column.Heading.Length).Append(column.Width).Max())
            .ToList();
        var shortestState = Enum.GetNames<ServiceState>().Max(name => name.Length);
        var shown = Enumerable.Range(0, Columns.Length).ToList();
        while (shown.Sum(index => widths[index] + Gap.Length) + shortestState > width
            && shown.FindLastIndex(index => Columns[index].Optional) is var last and >= 0)
        {
            shown.RemoveAt(last);
        }

        string Row(Func<int, string> cell) => string.Concat(shown.Select(index =>
            (Columns[index].Right ? cell(index).PadLeft(widths[index]) : cell(index).PadRight(widths[index])) + Gap));

        var lines = new List<StatusLine> { new(Row(index => Columns[index].Heading), "STATE", null) };
        for (var row = 0; row < statuses.Count; row++)
        {
            var status = statuses[row];
            var text = Row(index => cells[index][row]);
            if (text.Length + status.Description.Length <= width)
            {
                lines.Add(new StatusLine(text, status.Description, status.State));
                continue;
            }

            lines.Add(new StatusLine(text, status.ShortDescription, status.State));
            if (status.Restarts > 0)
            {
                lines.Add(new StatusLine(Gap, status.Note, status.State));
            }
        }

        return lines;
    }

    private sealed record Column(
        string Heading, Func<ServiceStatus, string> Text, bool Right = false, int Width = 0, bool Optional = false);
}

/// <summary>A line of the status table.</summary>
/// <param name="Text">What stands before the state.</param>
/// <param name="State">The state in words.</param>
/// <param name="Kind">The state, to color it by; <see langword="null"/> in the heading.</param>
internal sealed record StatusLine(string Text, string State, ServiceState? Kind);
