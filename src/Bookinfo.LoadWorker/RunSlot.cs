namespace Bookinfo.LoadWorker;

/// <summary>
/// The one run that a worker does at a time: two would be in each other's way, and neither result would be worth anything.
/// </summary>
/// <param name="time">Tells the time and waits.</param>
public sealed class RunSlot(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Action? _stop;
    private long _lastUsed = time.GetTimestamp();

    /// <summary>How long ago somebody last had a use for this worker; zero while a run goes on.</summary>
    public TimeSpan Idle
    {
        get
        {
            lock (_lock)
            {
                return _stop is null ? time.GetElapsedTime(_lastUsed) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Notes that somebody is there.</summary>
    public void Touch()
    {
        lock (_lock)
        {
            _lastUsed = time.GetTimestamp();
        }
    }

    /// <summary>Takes the slot, until <see cref="Release"/>.</summary>
    /// <param name="stop">Ends the run early.</param>
    /// <returns>Whether it was free.</returns>
    public bool TryTake(Action stop)
    {
        lock (_lock)
        {
            var isFree = _stop is null;
            _stop ??= stop;
            return isFree;
        }
    }

    /// <summary>Ends the run early.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Stop()
    {
        lock (_lock)
        {
            _stop?.Invoke();
            return _stop is not null;
        }
    }

    /// <summary>Frees the slot.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _stop = null;
            _lastUsed = time.GetTimestamp();
        }
    }
}
