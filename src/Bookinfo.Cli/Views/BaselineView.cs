using Bookinfo.Cli.Terminal;
using Bookinfo.Measurement;
using Spectre.Console;

namespace Bookinfo.Cli.Views;

/// <summary>Shows the progress of a baseline on stderr: a bar with the time left on a terminal, otherwise a line for each step.</summary>
/// <param name="planned">How long the whole measurement is expected to take.</param>
internal sealed class BaselineView(TimeSpan planned, TimeProvider time) : IBaselineObserver, IAsyncDisposable
{
    private readonly long _began = time.GetTimestamp();
    private readonly LiveText? _live = ToolOutput.MessagesTerminal is { } terminal ? new LiveText(terminal, time, clears: true) : null;
    private TimeSpan _planned = planned;

    /// <inheritdoc/>
    public void Show(BaselineProgress progress, TimeSpan left)
    {
        _planned = time.GetElapsedTime(_began) + left;
        if (_live is null)
        {
            ToolOutput.Messages.WriteLine($"{progress.Doing}, about {BaselineProgress.Left(left)} left");
            return;
        }

        _live.Show(_ =>
        {
            var elapsed = time.GetElapsedTime(_began);
            var remaining = _planned > elapsed ? _planned - elapsed : TimeSpan.Zero;
            return
            [
                new Text(BaselineProgress.Bar(elapsed, remaining)), new Text(progress.Doing),
                new Text("Ctrl-C ends it and keeps the rounds that were done."),
            ];
        });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _live?.DisposeAsync() ?? ValueTask.CompletedTask;
}
