using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookinfo.Cli.Terminal;

/// <summary>Lines on a terminal that are redrawn in place.</summary>
/// <param name="console">The terminal.</param>
/// <param name="clears">Whether the lines are cleared at the end.</param>
internal sealed class LiveText(IAnsiConsole console, TimeProvider time, bool clears = false) : IAsyncDisposable
{
    /// <summary>How often the lines are drawn even without a change: the terminal may have been resized.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task? _drawing;

    /// <summary>Whether others may have written to the terminal, so that the lines begin anew below that.</summary>
    private volatile bool _isMoved;
    private volatile Func<int, IEnumerable<IRenderable>> _text = _ => [];

    /// <summary>Shows lines.</summary>
    /// <param name="text">Makes the lines for a width in characters, each time they are drawn.</param>
    public void Show(Func<int, IEnumerable<IRenderable>> text)
    {
        _text = text;
        Redraw();
        _drawing ??= Task.Run(DrawAsync);
    }

    /// <summary>Redraws the lines, because what they are made from has changed.</summary>
    public void Redraw() => _wake.Writer.TryWrite(true);

    /// <summary>Draws one last time and leaves the lines on the terminal, unless they are to be cleared.</summary>
    public async ValueTask DisposeAsync()
    {
        _wake.Writer.TryComplete();
        try
        {
            await (_drawing ?? Task.CompletedTask);
        }
        catch (IOException)
        {
            // The terminal is gone.
        }
    }

    private async Task DrawAsync()
    {
        // Noted before it is stopped: when it goes on, lines may be drawn before anybody is told of that.
        using var quiet = QuietTerminal.Begin(
            () => _isMoved = true,
            () =>
            {
                _isMoved = true;
                Redraw();
            });
        do
        {
            _isMoved = false;
            await console.Live(Render()).AutoClear(clears).StartAsync(DrawInPlaceAsync);
        }
        while (_isMoved);
    }

    private async Task DrawInPlaceAsync(LiveDisplayContext context)
    {
        do
        {
            context.UpdateTarget(Render());
        }
        while (await WaitAsync() && !_isMoved);
        if (!_isMoved)
        {
            context.UpdateTarget(Render());
        }
    }

    private Rows Render()
    {
        // One size for each drawing: the terminal may be resized in the middle of it.
        console.Profile.Width = console.Profile.Out.Width;
        console.Profile.Height = console.Profile.Out.Height;
        // The last column stays free: terminals differ in whether a character there begins a new line.
        return new Rows(_text(console.Profile.Width - 1));
    }

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
}
