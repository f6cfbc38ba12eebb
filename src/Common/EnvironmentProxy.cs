using System.Net;

namespace Bookinfo.Common;

/// <summary>
/// The proxy that <c>HTTP_PROXY</c> and its like name, for other machines. This one, such as a collector beside a service or a registry
/// that is under test, would be another one to the proxy; the platform asks it all the same. Compiled into the services and into the
/// tool, which have no library in common for it.
/// </summary>
internal sealed class EnvironmentProxy : IWebProxy
{
    private EnvironmentProxy()
    {
    }

    /// <summary>The only one: there is one environment.</summary>
    public static EnvironmentProxy Instance { get; } = new();

    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => HttpClient.DefaultProxy.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : HttpClient.DefaultProxy.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}
