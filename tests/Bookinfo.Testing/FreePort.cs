using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Testing;

/// <summary>
/// Finds ports that nothing listens on, for processes that have to be told theirs. They lie below the range from which outgoing connections
/// and servers on 'any port' take theirs, so that none of those takes one before the process does.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int Last = 30_000;

    /// <summary>
    /// How many processes can look for ports at a time: each has a share of them for itself. That is so large that a test may wait for
    /// minutes before it uses what it has found: only then do others of the process find the same.
    /// </summary>
    private const int Shares = 5;

    private const int Share = (Last - First) / Shares;

    private static readonly Lock Guard = new();

    private static readonly PortShare Mine = PortShare.Claim();

    private static int _next = Mine.Start;

    /// <summary>Finds some in a row. None is found twice by the same process until all others have been.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The first.</returns>
    public static int Find(int count = 1)
    {
        lock (Guard)
        {
            while (true)
            {
                var first = _next + count > Mine.Start + Share ? Mine.Start : _next;
                _next = first + count;
                if (Enumerable.Range(first, count).All(port => IsFree(IPAddress.Any, port) && IsFree(IPAddress.IPv6Any, port)))
                {
                    return first;
                }
            }
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.AddressFamilyNotSupported;
        }
    }

    /// <summary>The ports of a process: two that look at the same moment would otherwise find the same ones free.</summary>
    /// <param name="Start">The first.</param>
    /// <param name="Lock">Keeps them for as long as the process runs; <see langword="null"/> if they are not its own.</param>
    private sealed record PortShare(int Start, FileStream? Lock)
    {
        public static PortShare Claim()
        {
            for (var share = 0; share < Shares; share++)
            {
                try
                {
                    return new PortShare(First + (share * Share), new FileStream(
                        Path.Combine(Path.GetTempPath(), $"bookinfo-test-ports-{Environment.UserName}-{share}.lock"),
                        FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                }
                catch (IOException)
                {
                    // Another process has it.
                }
            }

            // There are more of them than shares: with this one, somebody else's ports may be found.
            return new PortShare(First + (Environment.ProcessId % Shares * Share), null);
        }
    }
}
