using System.Text;
using Bookinfo.Measurement;

namespace Bookinfo.Local;

/// <summary>
/// Reads in the log of a process how long its start took, as <see cref="StartUpLine"/> says. All reports take it from there, so that they
/// agree: the time until its readiness is noticed would depend on how often one asks.
/// </summary>
internal sealed class StartUpWatch
{
    private readonly TaskCompletionSource<TimeSpan> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How long it took; <see langword="null"/> as long as the process has not said so.</summary>
    public TimeSpan? Known => _told.Task.IsCompletedSuccessfully ? _told.Task.Result : null;

    /// <summary>Reads lines of the log.</summary>
    /// <param name="lines">Whole lines.</param>
    public void Read(ReadOnlySpan<byte> lines)
    {
        if (!_told.Task.IsCompleted
            && lines.IndexOf("ServiceStarted"u8) >= 0
            && StartUpLine.Find(Encoding.UTF8.GetString(lines)) is { } line)
        {
            _told.TrySetResult(TimeSpan.FromSeconds(line.Seconds));
        }
    }

    /// <summary>Waits for the line of a process that has answered already.</summary>
    /// <param name="patience">How long; a process whose log is turned down never says it.</param>
    /// <param name="time">Measures how long it has waited.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task WaitAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _told.Task.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It is not known, then.
        }
    }
}
