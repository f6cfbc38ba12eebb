using System.Collections.Concurrent;
using System.Net;

namespace Bookinfo.ServiceDefaults.Connections;

/// <summary>
/// Addresses that did not answer a moment ago. For a minute they are tried after the others of their host: otherwise each new connection
/// would wait for IPv6 that leads nowhere. Addresses that answer keep their order, by which DNS spreads load.
/// </summary>
internal sealed class SilentAddresses(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, long> _since = new();

    /// <summary>Says that an address did not answer.</summary>
    /// <param name="address">The address.</param>
    public void Add(IPAddress address)
    {
        foreach (var (other, since) in _since)
        {
            // Nobody may ever ask for that one again.
            if (time.GetElapsedTime(since) >= Memory)
            {
                _since.TryRemove(other, out _);
            }
        }

        _since[address] = time.GetTimestamp();
    }

    /// <summary>Puts the addresses of a host that did not answer a moment ago behind its others.</summary>
    /// <param name="addresses">All of them, in the order of DNS.</param>
    public IReadOnlyList<IPAddress> PutLast(IPAddress[] addresses) =>
        addresses.Length < 2 || _since.IsEmpty ? addresses : [.. addresses.OrderBy(IsSilent)];

    private bool IsSilent(IPAddress address) => _since.TryGetValue(address, out var since) && time.GetElapsedTime(since) < Memory;
}
