using System.Net;

namespace Bookinfo.Load;

/// <summary>Where requests go.</summary>
/// <param name="uri">The address: scheme, host and port count.</param>
/// <param name="addresses">What the host's name stands for; looked up once, so that no look-up is in any latency.</param>
/// <param name="insecure">Whether any certificate will do.</param>
internal sealed class LoadTarget(Uri uri, IReadOnlyList<IPAddress> addresses, bool insecure)
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

    /// <summary>The value of the header <c>Host</c>.</summary>
    public string Host => Uri.Authority;

    /// <summary>Looks the host up.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="insecure">Whether any certificate will do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TargetException">There is no such host.</exception>
    public static async Task<LoadTarget> ResolveAsync(Uri uri, bool insecure, CancellationToken cancellationToken)
    {
        try
        {
            return new LoadTarget(uri, await Dns.GetHostAddressesAsync(uri.DnsSafeHost, cancellationToken), insecure);
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new TargetException($"the host '{uri.Host}' cannot be found: {exception.Message}.");
        }
    }

    /// <summary>An address to connect to.</summary>
    /// <param name="attempt">0 for the one that worked last, 1 for the one after it, and so on.</param>
    public IPEndPoint EndPoint(int attempt) => new(addresses[(_preferred + attempt) % addresses.Count], Uri.Port);

    /// <summary>Remembers that an attempt worked, so that the next connection begins with it.</summary>
    /// <param name="attempt">The one that did.</param>
    public void Prefer(int attempt)
    {
        if (attempt != 0)
        {
            _preferred = (_preferred + attempt) % addresses.Count;
        }
    }
}
