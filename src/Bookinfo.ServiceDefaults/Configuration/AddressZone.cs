namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>
/// The zone of a link-local address of IPv6, such as <c>eth0</c> in <c>fe80::1%eth0</c>, without which there is no way to it.
/// </summary>
internal static class AddressZone
{
    private const string Escaped = "%25";

    /// <summary>An address as sockets and the platform read it: in a URL the percent sign of a zone is escaped (RFC 6874).</summary>
    /// <param name="address">The address, without brackets.</param>
    public static string Plain(string address) =>
        address.IndexOf(Escaped, StringComparison.Ordinal) is >= 0 and var at && at + Escaped.Length < address.Length
            ? $"{address[..at]}%{address[(at + Escaped.Length)..]}"
            : address;
}
