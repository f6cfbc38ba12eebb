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

    /// <summary>Is held while lines are drawn, so that the process is not stopped in the middle of that.</summary>
    private readonly Lock _gate = new();

    /// <summary>Whether the process is about to be stopped, or was and has not been told yet that it goes on.</summary>
    private bool _isStopped;

    /// <summary>Whether others may have written to the terminal, so that the lines begin anew below that.</summary>
    private bool _isMoved;

    /// <summary>The most lines that were drawn, which is how many are drawn over.</summary>
    private int _height;
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
        using var quiet = QuietTerminal.Begin(
            stopping: () =>
            {
                lock (_gate)
                {
                    _isStopped = true;
                }
            },
            continued: () =>
            {
                lock (_gate)
                {
                    (_isStopped, _isMoved) = (false, true);
                }

                Redraw();
            });
        await console.Live(Render()).AutoClear(clears).StartAsync(async context =>
        {
            do
            {
                Draw(context, isLast: false);
            }
            while (await WaitAsync());
            Draw(context, isLast: true);
        });
    }

    private void Draw(LiveDisplayContext context, bool isLast)
    {
        lock (_gate)
        {
            // When the process goes on, this may run before 'continued' does, and the cursor is not where it was.
            if (_isStopped && !isLast)
            {
                return;
            }

            if (_isMoved || _isStopped)
            {
                _isMoved = false;
                QuietTerminal.Renew();
                console.Cursor.Hide();
                // Lines are drawn that far above the cursor, where others have written meanwhile.
                console.Profile.Out.Writer.Write(new string('\n', Math.Max(0, _height - 1)));
            }

            context.UpdateTarget(Render());
        }
    }

    private Rows Render()
    {
        // One size for each drawing: the terminal may be resized in the middle of it.
        console.Profile.Width = console.Profile.Out.Width;
        console.Profile.Height = console.Profile.Out.Height;
        // The last column stays free: terminals differ in whether a character there begins a new line.
        List<IRenderable> lines = [.. _text(console.Profile.Width - 1)];
        _height = Math.Max(_height, Math.Min(lines.Count, console.Profile.Height));
        return new Rows(lines);
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
