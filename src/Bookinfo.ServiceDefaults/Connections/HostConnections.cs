using System.Net;
using Bookinfo.Common;

namespace Bookinfo.ServiceDefaults.Connections;

/// <summary>
/// Connects HTTP clients to hosts. .NET resolves names on the thread pool, which starts with one thread per processor. While a DNS server
/// does not answer, a lookup blocks its thread for ten seconds or more, and cannot be canceled; on two processors, two lookups would hold
/// up all timers and probes. So each name has at most one lookup at a time, on a thread of its own, which all callers share.
/// </summary>
/// <param name="lookUp">Finds the addresses of a name, and may block.</param>
internal sealed class HostConnections(Func<string, IPAddress[]> lookUp, TimeProvider time)
{
    private readonly Dictionary<string, Task<IPAddress[]>> _underWay = [];
    private readonly SilentAddresses _silent = new(time);

    /// <summary>The instance that all clients of this process share.</summary>
    public static HostConnections Shared { get; } = new(Dns.GetHostAddresses, TimeProvider.System);

    /// <summary>Connects to the first address of a host that takes the connection.</summary>
    /// <param name="context">Has the host and the port to connect to.</param>
    /// <param name="cancellationToken">Ends the wait, for a lookup as well.</param>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await LookUp(host).WaitAsync(cancellationToken);
        return await AddressConnection.OpenAsync(_silent.PutLast(addresses), context.DnsEndPoint.Port, cancellationToken, _silent.Add);
    }

    /// <summary>Joins the lookup of a name that is under way, or begins one.</summary>
    private Task<IPAddress[]> LookUp(string name)
    {
        lock (_underWay)
        {
            if (!_underWay.TryGetValue(name, out var lookup))
            {
                lookup = Task.Factory.StartNew(
                    () => LookUpNow(name), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                _underWay.Add(name, lookup);
            }

            return lookup;
        }
    }

    private IPAddress[] LookUpNow(string name)
    {
        try
        {
            return lookUp(name);
        }
        finally
        {
            // Nothing is cached: the next caller starts a new lookup.
            lock (_underWay)
            {
                _underWay.Remove(name);
            }
        }
    }
}
