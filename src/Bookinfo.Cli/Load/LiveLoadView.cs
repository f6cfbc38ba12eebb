using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookinfo.Cli.Load;

/// <summary>For a terminal: the figures so far, drawn again in their place every second.</summary>
internal sealed class LiveLoadView : ILoadView
{
    /// <summary>A picture that was not drawn in time is out of date.</summary>
    private readonly Channel<IReadOnlyList<string>> _pictures =
        Channel.CreateBounded<IReadOnlyList<string>>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly double _duration;
    private readonly Task _drawing;

    /// <summary>Begins to show.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="duration">How long the run is to be, in seconds.</param>
    public LiveLoadView(IAnsiConsole console, double duration)
    {
        _duration = duration;
        _drawing = Task.Run(() => DrawAsync(console));
    }

    /// <inheritdoc/>
    public void Progress(LoadProgress progress) =>
        _pictures.Writer.TryWrite([LoadText.Status(progress, _duration), "", .. LoadText.Figures(progress.Total), "", "Ctrl-C ends it and reports."]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _pictures.Writer.TryComplete();
        try
        {
            await _drawing;
        }
        catch (IOException)
        {
            // The terminal is gone; there is nothing to show it to any more.
        }
    }

    private Task DrawAsync(IAnsiConsole console) => console.Live(new Text("Starting."))
        // What stays behind is the report, which has the same figures and more.
        .AutoClear(true)
        .StartAsync(async context =>
        {
            context.Refresh();
            await foreach (var picture in _pictures.Reader.ReadAllAsync())
            {
                context.UpdateTarget(new Rows(picture.Select(Line)));
            }
        });

    private static IRenderable Line(string text) => text.Length == 0
        ? new Text(" ")
        : new Text(text, char.IsAsciiLetterUpper(text[0]) && text.Length > 1 && char.IsAsciiLetterUpper(text[1]) ? new Style(decoration: Decoration.Bold) : Style.Plain) { Overflow = Overflow.Ellipsis };
}
