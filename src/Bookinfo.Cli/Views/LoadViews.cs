using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Measurement;
using Spectre.Console;

namespace Bookinfo.Cli.Views;

/// <summary>Shows the progress of a run. Disposing it leaves the terminal as it was found.</summary>
internal interface ILoadView : ILoadObserver, IAsyncDisposable;

/// <summary>Begins and ends views.</summary>
internal static class LoadView
{
    /// <summary>Makes one on stderr, so that it is there as well when the outcome goes to a file.</summary>
    /// <param name="duration">The planned duration of the run.</param>
    /// <param name="time">Tells the time and waits.</param>
    public static ILoadView Create(TimeSpan duration, TimeProvider time) => ToolOutput.MessagesTerminal is { } terminal
        ? new LiveLoadView(terminal, duration.TotalSeconds, time)
        : new PlainLoadView(ToolOutput.Messages, duration.TotalSeconds);

    /// <summary>Ends one, even where its terminal takes nothing more.</summary>
    /// <param name="view">The view.</param>
    /// <param name="giveUp">Ends the wait for the terminal.</param>
    public static async Task EndAsync(ILoadView view, CancellationToken giveUp)
    {
        try
        {
            await view.DisposeAsync().AsTask().WaitAsync(giveUp);
        }
        catch (OperationCanceledException)
        {
            // What it showed last stays there.
        }
    }
}

/// <summary>
/// For a terminal: the figures so far, redrawn in place every second. They are cleared at the end, because the report has the same figures
/// and more.
/// </summary>
/// <param name="console">The terminal.</param>
/// <param name="duration">The planned duration of the run, in seconds.</param>
internal sealed class LiveLoadView(IAnsiConsole console, double duration, TimeProvider time) : ILoadView
{
    private static readonly Style Heading = new(decoration: Decoration.Dim);

    private readonly LiveText _live = new(console, time, clears: true);

    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
        // Converted to text here: the recordings are valid only until this returns.
        IReadOnlyList<string> lines =
        [
            LoadText.Status(progress, duration), "", .. LoadText.Totals(progress.Total), "", "Ctrl-C ends it and reports.",
        ];
        _live.Show(_ => lines.Select(line => new Text(
            line.Length == 0 ? " " : line, line.StartsWith("LATENCY", StringComparison.Ordinal) ? Heading : Style.Plain)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _live.DisposeAsync();
}

/// <summary>For a file or a pipe: a line every few seconds.</summary>
/// <param name="messages">Where to write the lines.</param>
/// <param name="duration">The planned duration of the run, in seconds.</param>
internal sealed class PlainLoadView(TextWriter messages, double duration) : ILoadView
{
    private const long Interval = 5_000_000_000;

    private Recording? _since;
    private double _asked;
    private long _last;

    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
        _since ??= new Recording(progress.Interval.Model);
        _since.Add(progress.Interval);
        _asked += progress.Asked * progress.Length;
        if (progress.At - _last < Interval || progress.IsLast)
        {
            return;
        }

        var length = progress.At - _last;
        messages.WriteLine(LoadText.StatusLine(progress with { Interval = _since, Length = length, Asked = _asked / length }, duration));
        _since.Clear();
        _asked = 0;
        _last = progress.At;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
