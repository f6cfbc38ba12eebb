using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Bookinfo.Load;

/// <summary>Where requests go: what of a URL is looked up, sent in <c>Host</c>, and compared with a certificate.</summary>
/// <param name="uri">The address: scheme, host and port count.</param>
/// <param name="addresses">What the host's name stands for; looked up once, so that no look-up is in any latency.</param>
/// <param name="insecure">Whether any certificate will do.</param>
public sealed class LoadTarget(Uri uri, IReadOnlyList<IPAddress> addresses, bool insecure)
{
    private volatile int _preferred;

    /// <summary>The address as the user gave it.</summary>
    public Uri Uri { get; } = uri;

    /// <summary>Whether to speak TLS.</summary>
    public bool IsTls => Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether any certificate will do.</summary>
    public bool Insecure { get; } = insecure;

    /// <summary>How many addresses there are to try.</summary>
    public int Addresses => addresses.Count;

    /// <summary>
    /// The value of the header <c>Host</c>: a name in the letters that DNS has, an address without its zone, which means something on this
    /// machine only; the port unless it is the usual one.
    /// </summary>
    public string Host { get; } = HostOf(uri) + (uri.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{uri.Port}"));

    /// <summary>
    /// The name that a certificate must have, which TLS also sends: without the dot that ends the name of a host (RFC 6066, 3), or the
    /// brackets of an address.
    /// </summary>
    public string Name { get; } = HostOf(uri).Trim('[', ']').TrimEnd('.');

    /// <summary>Scheme, host and port, as messages have them.</summary>
    public string Origin => $"{Uri.Scheme}://{Host}";

    /// <summary>Whether requests can be sent to a URL.</summary>
    /// <param name="text">The URL.</param>
    public static bool IsUrl(string text)
    {
        try
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var url)
                && url is { Scheme: "http" or "https", Host.Length: > 0, Port: > 0, UserInfo: "", Fragment: "" }
                && HostOf(url).All(char.IsAscii);
        }
        catch (UriFormatException)
        {
            // Such as http://xn--ä.example: the platform takes the URL, and fails when it is asked for the name in the letters of DNS.
            return false;
        }
    }

    /// <summary>Looks the host up.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="insecure">Whether any certificate will do.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="TargetException">There is no such host.</exception>
    public static async Task<LoadTarget> ResolveAsync(Uri uri, bool insecure, CancellationToken cancellationToken)
    {
        try
        {
            return new LoadTarget(uri, await HostAddresses.FindAsync(uri.IdnHost, cancellationToken), insecure);
        }
        catch (SocketException exception)
        {
            throw new TargetException($"the host '{uri.IdnHost}' cannot be found: {exception.Message}.");
        }
    }

    /// <summary>
    /// The same port of the same host, spoken to the other way: plain instead of TLS, or TLS, with any certificate, instead of plain.
    /// </summary>
    public LoadTarget WithOtherScheme() => new(
        new UriBuilder(Uri) { Scheme = IsTls ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, Port = Uri.Port }.Uri, addresses, insecure: true);

    /// <summary>An address to connect to.</summary>
    /// <param name="attempt">0 for the one that worked last, 1 for the one after it, and so on.</param>
    public IPEndPoint EndPoint(int attempt) => new(addresses[(_preferred + attempt) % addresses.Count], Uri.Port);

    /// <summary>Remembers the address that worked, so that the next connection begins with it.</summary>
    /// <param name="endPoint">The one that did.</param>
    public void Prefer(IPEndPoint endPoint)
    {
        for (var index = 0; index < addresses.Count; index++)
        {
            if (addresses[index].Equals(endPoint.Address))
            {
                _preferred = index;
                return;
            }
        }
    }

    private static string HostOf(Uri uri) => uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
}

/// <summary>The target cannot be reached, or is not what it was taken for.</summary>
/// <param name="message">One line for the user that says what is wrong and what to do.</param>
public sealed class TargetException(string message) : Exception(message);
