using System.Net;
using System.Net.Sockets;
using Bookinfo.Common;

namespace Bookinfo.Load;

/// <summary>The addresses that a host's name stands for, in the order in which they are to be tried.</summary>
public static class HostAddresses
{
    /// <summary>The most characters of a name (RFC 1035 section 3.1).</summary>
    private const int LongestName = 253;

    /// <summary>Looks a host up.</summary>
    /// <param name="host">A name, or an address, of version 6 with or without a zone.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="SocketException">There is no such host.</exception>
    public static async Task<IReadOnlyList<IPAddress>> FindAsync(string host, CancellationToken cancellationToken)
    {
        // Within a URL the sign before a zone is escaped (RFC 6874): [fe80::1%25eth0]
        var text = host.Trim('[', ']').Replace("%25", "%", StringComparison.Ordinal);
        IPAddress[] found;
        if (text.Contains(':'))
        {
            // The platform ignores a zone that is not an interface of this machine.
            found = IPAddress.TryParse(text, out var address) && (address.ScopeId != 0 || !text.Contains('%'))
                ? [address]
                : throw new SocketException((int)SocketError.HostNotFound);
        }
        else
        {
            // An address is not looked up: the platform refuses to look up 0.0.0.0, although it leads to this machine.
            found = IPAddress.TryParse(text, out var address) ? [address] : await LookUpAsync(text, cancellationToken);
        }

        // A socket of version 6 does not reach those that stand for one of version 4.
        return found.Length > 0
            ? [.. found.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).Distinct()]
            : throw new SocketException((int)SocketError.NoData);
    }

    private static async Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellationToken)
    {
        if (name.TrimEnd('.').Length > LongestName)
        {
            // The platform would report a wrong argument, and not a host that is not found.
            throw new SocketException((int)SocketError.HostNotFound);
        }

        try
        {
            return await Dns.GetHostAddressesAsync(name, cancellationToken);
        }
        catch (SocketException) when (name is [.., '.'])
        {
            // The dot says that the name is whole. The names in /etc/hosts, localhost among them, are known without it only.
            return await Dns.GetHostAddressesAsync(name[..^1], cancellationToken);
        }
    }

    /// <summary>Connects for an <see cref="HttpClient"/>, by the same rules.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        await AddressConnection.OpenAsync(
            await FindAsync(context.DnsEndPoint.Host, cancellationToken), context.DnsEndPoint.Port, cancellationToken);
}
