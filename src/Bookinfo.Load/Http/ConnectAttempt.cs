using System.Net.Sockets;

namespace Bookinfo.Load;

/// <summary>A try to connect to one of several addresses, which may be cut short in favor of the next.</summary>
/// <param name="socket">The socket.</param>
/// <param name="deadline">When the next address gets its chance, as a timestamp of the clock.</param>
internal sealed class ConnectAttempt(Socket socket, long deadline)
{
    private const int Running = 0;
    private const int Ended = 1;
    private const int Cut = 2;

    private int _state;

    /// <summary>Whether it was cut short.</summary>
    public bool IsCut => Volatile.Read(ref _state) == Cut;

    /// <summary>Notes that it has come to its end.</summary>
    /// <returns>Whether it has; <see langword="false"/> when it was cut short just before.</returns>
    public bool End() => Interlocked.CompareExchange(ref _state, Ended, Running) == Running;

    /// <summary>Closes the socket under whoever connects it, if its time is over. May be called by any thread.</summary>
    /// <param name="now">A timestamp.</param>
    public void CutIfLate(long now)
    {
        if (now >= deadline && Interlocked.CompareExchange(ref _state, Cut, Running) == Running)
        {
            socket.Dispose();
        }
    }
}
