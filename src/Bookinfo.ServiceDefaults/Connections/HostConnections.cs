using System.Net;
using Bookinfo.Common;

namespace Bookinfo.ServiceDefaults.Connections;

/// <summary>
/// Connects HTTP clients to hosts. The platform looks names up on threads of the pool, which has as many as there are processors. While a
/// DNS server does not answer, a lookup blocks its thread for ten seconds and more, and cannot be canceled; two of them would hold up all
/// timers and probes. So each name has one lookup at a time, on a thread of its own, for all who wait for it.
/// </summary>
/// <param name="lookUp">Finds the addresses of a name, and may block.</param>
internal sealed class HostConnections(Func<string, IPAddress[]> lookUp)
{
    private readonly Dictionary<string, Task<IPAddress[]>> _underWay = [];

    /// <summary>Those of this process.</summary>
    public static HostConnections Shared { get; } = new(Dns.GetHostAddresses);

    /// <summary>Connects to the first address of a host that takes the connection.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="cancellationToken">Ends the wait, for a lookup as well.</param>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await LookUp(host).WaitAsync(cancellationToken);
        return await AddressConnection.OpenAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
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
            // Who comes after this gets what is true then.
            lock (_underWay)
            {
                _underWay.Remove(name);
            }
        }
    }
}
