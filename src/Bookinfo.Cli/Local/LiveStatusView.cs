using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookinfo.Cli.Local;

/// <summary>For a terminal: the table, drawn again in its place about once a second and at each change.</summary>
/// <param name="console">The terminal.</param>
/// <param name="footer">What to say below the table.</param>
/// <param name="time">The clock.</param>
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
