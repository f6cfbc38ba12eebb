namespace Bookinfo.Local;

/// <summary>
/// How long to wait before a service that ended is started again: 1 s, 2 s, 4 s, and so on up to 30 s, so that a service that cannot
/// run does not keep the machine busy; 1 s again once it has stayed up for a minute.
/// </summary>
internal sealed class RestartDelays(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Recovered = TimeSpan.FromSeconds(60);

    private long _started = time.GetTimestamp();
    private TimeSpan _next = First;

    /// <summary>To be called when the service is started.</summary>
    public void Started() => _started = time.GetTimestamp();

    /// <summary>To be called when the service has ended.</summary>
    /// <returns>How long to wait before it is started again.</returns>
    public TimeSpan Ended()
    {
        var delay = time.GetElapsedTime(_started) >= Recovered ? First : _next;
        _next = delay * 2 < Longest ? delay * 2 : Longest;
        return delay;
    }
}
