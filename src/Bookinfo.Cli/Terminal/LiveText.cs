using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bookinfo.Cli.Terminal;

/// <summary>Lines on a terminal that are drawn again in their place.</summary>
/// <param name="console">The terminal.</param>
/// <param name="time">The clock.</param>
/// <param name="clears">Whether nothing of it stays behind at the end.</param>
internal sealed class LiveText(IAnsiConsole console, TimeProvider time, bool clears = false) : IAsyncDisposable
{
    /// <summary>How often it is drawn even without a change: the terminal may have got another size.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task? _drawing;
    private volatile Func<int, IEnumerable<IRenderable>> _text = _ => [];

    /// <summary>Shows lines.</summary>
    /// <param name="text">Makes them for a width in characters, each time that they are drawn.</param>
    public void Show(Func<int, IEnumerable<IRenderable>> text)
    {
        _text = text;
        Redraw();
        _drawing ??= Task.Run(DrawAsync);
    }

    /// <summary>Draws what is shown again, because what it is made from has changed.</summary>
    public void Redraw() => _wake.Writer.TryWrite(true);

    /// <summary>Draws a last time and leaves that on the terminal, unless it is to be cleared.</summary>
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

    private Task DrawAsync() => console.Live(Render()).AutoClear(clears).StartAsync(async context =>
    {
        do
        {
            context.UpdateTarget(Render());
        }
        while (await WaitAsync());
        context.UpdateTarget(Render());
    });

    private Rows Render()
    {
        // One size for each drawing: the terminal may become another one in the middle of it.
        console.Profile.Width = console.Profile.Out.Width;
        console.Profile.Height = console.Profile.Out.Height;
        // The last column stays free: terminals differ in whether a character in it begins a new line.
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
