using System.Collections.Concurrent;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>Ends calls that take too long, or whose visitor has left. What it takes for that is used again.</summary>
/// <param name="timeout">The most that a call may take.</param>
internal sealed class CallTimeouts(TimeSpan timeout, TimeProvider time)
{
    private readonly ConcurrentBag<CancellationTokenSource> _idle = [];

    /// <summary>Begins to wait.</summary>
    /// <param name="visitor">Says that the visitor has left.</param>
    /// <returns>What ends the call; to be disposed when it has ended.</returns>
    public Running Begin(CancellationToken visitor)
    {
        var source = _idle.TryTake(out var idle) ? idle : new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        source.CancelAfter(timeout);
        return new Running(this, source, visitor.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source));
    }

    private void End(CancellationTokenSource source)
    {
        if (source.TryReset())
        {
            _idle.Add(source);
        }
        else
        {
            source.Dispose();
        }
    }

    /// <summary>The timeout of one call.</summary>
    /// <param name="timeouts">Where its source goes back to.</param>
    /// <param name="source">What it cancels.</param>
    /// <param name="visitor">What it hears of the visitor by.</param>
    internal readonly struct Running(CallTimeouts timeouts, CancellationTokenSource source, CancellationTokenRegistration visitor)
        : IDisposable
    {
        /// <summary>Is cancelled when the call has to end.</summary>
        public CancellationToken Token => source.Token;

        /// <inheritdoc/>
        public void Dispose()
        {
            // Waits until a cancellation that has begun has ended, so that the next call does not get it.
            visitor.Dispose();
            timeouts.End(source);
        }
    }
}
