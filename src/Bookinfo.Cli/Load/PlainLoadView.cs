using Bookinfo.Load;

namespace Bookinfo.Cli.Load;

/// <summary>For a file or a pipe: a line every few seconds.</summary>
/// <param name="messages">Where they go.</param>
/// <param name="duration">How long the run is to be, in seconds.</param>
internal sealed class PlainLoadView(TextWriter messages, double duration) : ILoadView
{
    private const long Interval = 5_000_000_000;

    private readonly Recording _since = new();
    private long _last;

    /// <inheritdoc/>
    public void Progress(LoadProgress progress)
    {
        _since.Add(progress.Interval);
        if (progress.At - _last < Interval || progress.IsLast)
        {
            return;
        }

        messages.WriteLine(LoadText.StatusLine(progress with { Interval = _since, Length = progress.At - _last }, duration));
        _since.Clear();
        _last = progress.At;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
