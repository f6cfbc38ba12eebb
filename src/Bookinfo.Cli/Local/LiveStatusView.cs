using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookinfo.Cli.Local;

/// <summary>For a terminal: the table, drawn again in its place about once a second and at each change.</summary>
/// <param name="console">The terminal.</param>
/// <param name="footer">What to say below the table.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveStatusView(IAnsiConsole console, IReadOnlyList<string> footer, TimeProvider time) : IStatusView
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Wakes the drawing; one pending wake-up is as good as many.</summary>
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private Task _drawing = Task.CompletedTask;
    private volatile IReadOnlyList<string> _footer = footer;

    /// <inheritdoc/>
    public void Started(LocalSystem system) => _drawing = Task.Run(() => DrawAsync(system));

    /// <inheritdoc/>
    public void Ready(LocalSystem system) => _wake.Writer.TryWrite(true);

    /// <inheritdoc/>
    public void Changed(ServiceStatus status) => _wake.Writer.TryWrite(true);

    /// <inheritdoc/>
    public void Stopping()
    {
        _footer = ["Stopping."];
        _wake.Writer.TryWrite(true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _wake.Writer.TryComplete();
        try
        {
            await _drawing;
        }
        catch (IOException)
        {
            // The terminal is gone. What matters then is that the services are stopped.
        }
    }

    private Task DrawAsync(LocalSystem system) => console.Live(Render(system)).StartAsync(async context =>
    {
        do
        {
            context.UpdateTarget(Render(system));
        }
        while (await WaitAsync());

        _footer = [];
        context.UpdateTarget(Render(system));
    });

    /// <returns>Whether to go on.</returns>
    private async Task<bool> WaitAsync()
    {
        try
        {
            var more = await _wake.Reader.WaitToReadAsync().AsTask().WaitAsync(Interval, time);
            _wake.Reader.TryRead(out _);
            return more;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private Rows Render(LocalSystem system)
    {
        // The last column stays free: terminals differ in whether a character in it begins a new line.
        var width = console.Profile.Width - 1;
        var table = StatusTable.Format(system.Statuses, width).Select(line => new Paragraph()
            .Append(line.Text, line.Kind is null ? new Style(decoration: Decoration.Dim) : Style.Plain)
            .Append(line.State, Colour(line.Kind)));
        var below = _footer.Select(line => new Text(line));
        return new Rows([.. table, new Text(""), .. below.Cast<IRenderable>()]);
    }

    private static Style Colour(ServiceState? state) => state switch
    {
        null => new Style(decoration: Decoration.Dim),
        ServiceState.Ready => new Style(Color.Green),
        ServiceState.Restarting => new Style(Color.Red),
        ServiceState.NotReady => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
