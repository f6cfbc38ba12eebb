using System.Net;
using k8s.Exceptions;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Which proxy leads to a cluster: <c>proxy-url</c> of the kubeconfig, or else what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, read as
/// kubectl reads them (https://pkg.go.dev/golang.org/x/net/http/httpproxy). .NET supports neither address ranges nor ports in NO_PROXY, and
/// would send the credentials to a proxy that they are not meant for.
/// </summary>
internal static class ClusterProxy
{
    private static readonly string[] Schemes = ["http", "https", "socks5", "socks5h"];

    /// <summary>Finds the proxy.</summary>
    /// <param name="server">The address of the cluster.</param>
    /// <param name="configured">The <c>proxy-url</c> of the cluster; <see langword="null"/> or empty when there is none.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>The proxy; <see langword="null"/> when the cluster is reached without one.</returns>
    /// <exception cref="KubeConfigException">The setting that names the proxy does not hold the address of one.</exception>
    public static WebProxy? Find(Uri server, string? configured, Func<string, string?> variable)
    {
        string? Any(string name) => variable(name) is { Length: > 0 } value ? value : variable(name.ToLowerInvariant());

        if (configured is { Length: > 0 })
        {
            return Make("proxy-url", configured);
        }

        var source = server.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY" : "HTTP_PROXY";
        return Any(source) is { Length: > 0 } address && !IsBypassed(server, Any("NO_PROXY") ?? "")
            ? Make(source, address.Contains("://", StringComparison.Ordinal) ? address : $"http://{address}")
            : null;
    }

    private static WebProxy Make(string source, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || !Schemes.Contains(uri.Scheme) || uri.Host.Length == 0)
        {
            // The address itself is left out: it may contain a password.
            throw new KubeConfigException($"{source} is not allowed: it must be the address of a proxy, such as http://proxy.example:3128 "
                + "or socks5://proxy.example:1080");
        }

        var plain = new UriBuilder(uri) { UserName = "", Password = "", Path = "" };
        if (uri.Scheme == "socks5h")
        {
            // The proxy resolves names either way.
            plain.Scheme = "socks5";
        }

        var user = uri.UserInfo.Split(':', 2);
        return new WebProxy(plain.Uri)
        {
            Credentials = uri.UserInfo.Length > 0
                ? new NetworkCredential(Uri.UnescapeDataString(user[0]), Uri.UnescapeDataString(user.ElementAtOrDefault(1) ?? ""))
                : null,
        };
    }

    private static bool IsBypassed(Uri server, string exceptions)
    {
        var host = server.IdnHost.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        var address = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        return host == "localhost"
            || (address is not null && IPAddress.IsLoopback(address))
            || exceptions.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Any(exception => IsMatch(exception.ToLowerInvariant(), host, address, server.Port));
    }

    /// <summary>
    /// Whether an entry of NO_PROXY applies: <c>*</c>, a range of addresses, or an address or a name, each with or without a port.
    /// </summary>
    private static bool IsMatch(string exception, string host, IPAddress? address, int port)
    {
        if (exception == "*")
        {
            return true;
        }

        if (exception.Contains('/'))
        {
            return address is not null && exception.Split('/') is [var start, var length] && IPAddress.TryParse(start, out var first)
                && byte.TryParse(length, out var bits) && IsInRange(address, first, bits);
        }

        var name = exception;
        // Several colons and no brackets: an IPv6 address without a port.
        var colon = exception.LastIndexOf(':');
        if (colon >= 0 && (exception.IndexOf(':') == colon || exception[colon - 1] == ']'))
        {
            if (!int.TryParse(exception[(colon + 1)..], out var only) || only != port)
            {
                return false;
            }

            name = exception[..colon];
        }

        name = name.Trim('[', ']');
        if (IPAddress.TryParse(name, out var one))
        {
            return one.Equals(address);
        }

        var suffix = name.StartsWith("*.", StringComparison.Ordinal) ? name[1..] : name;
        return suffix.Length > 0 && (suffix[0] == '.'
            ? host.EndsWith(suffix, StringComparison.Ordinal)
            : host == suffix || host.EndsWith($".{suffix}", StringComparison.Ordinal));
    }

    /// <summary>
    /// Whether an address is in a range. Unlike <see cref="IPNetwork"/>, this accepts a range that is named by any address in it.
    /// </summary>
    private static bool IsInRange(IPAddress address, IPAddress any, int bits)
    {
        var (left, right) = (address.GetAddressBytes(), any.GetAddressBytes());
        return left.Length == right.Length && bits <= left.Length * 8
            && Enumerable.Range(0, bits).All(bit => ((left[bit / 8] ^ right[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }
}
