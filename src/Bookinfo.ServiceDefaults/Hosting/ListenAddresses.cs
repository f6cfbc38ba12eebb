using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.ServiceDefaults.Hosting;

/// <summary>Where a service listens.</summary>
/// <param name="Variable">The environment variable that sets this, or would.</param>
/// <param name="Addresses">At least one address, as Kestrel reads them.</param>
internal sealed record ListenAddresses(string Variable, IReadOnlyList<string> Addresses)
{
    /// <summary>The prefix of the platform's variables for where to listen.</summary>
    public const string Prefix = "ASPNETCORE_";

    private const string Urls = Prefix + "URLS";
    private const string Ports = Prefix + "HTTP_PORTS";
    private const string SecurePorts = Prefix + "HTTPS_PORTS";

    private const string All = "*";
    private const string Localhost = "localhost";

    /// <summary>The longest path of a Unix domain socket, in bytes.</summary>
    private const int LongestPath = 107;

    /// <summary>Reads <c>ASPNETCORE_URLS</c>, or else <c>ASPNETCORE_HTTP_PORTS</c>; port 9080 when neither is set.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The addresses.</returns>
    /// <exception cref="InvalidSettingException">Something is not the address of a server that speaks http, or is there twice.</exception>
    public static ListenAddresses Read(Settings settings)
    {
        if (settings.Text(SecurePorts) is { } secure)
        {
            throw new InvalidSettingException(
                SecurePorts, secure, "empty: services speak http only, and TLS is for what is in front of them");
        }

        if (settings.Text(Urls) is { } urls)
        {
            return Read(
                Urls,
                urls,
                "a list of addresses such as http://*:9080, separated by semicolons, without https and without a path",
                ParseUrl);
        }

        return settings.Text(Ports) is { } ports
            ? Read(Ports, ports, "a list of port numbers, separated by semicolons", ParsePort)
            : new ListenAddresses(Ports, [$"http://*:{ServiceCatalog.ServicePort}"]);
    }

    /// <summary>
    /// The name of the variable that an argument sets: variables for where to listen may lack their prefix, as in <c>--urls</c>.
    /// </summary>
    /// <param name="argument">The name in the argument, in any case.</param>
    public static string VariableOf(string argument) =>
        Array.Exists([Urls, Ports, SecurePorts], name => name.AsSpan(Prefix.Length).Equals(argument, StringComparison.OrdinalIgnoreCase))
            ? Prefix + argument
            : argument;

    /// <summary>
    /// Removes the sockets that nobody listens on any more: a process that was killed leaves its socket behind, and no other can be created
    /// in its place.
    /// </summary>
    public void RemoveLeftSockets()
    {
        const string Unix = "http://unix:";
        foreach (var address in Addresses.Where(static address => address.StartsWith(Unix, StringComparison.OrdinalIgnoreCase)))
        {
            var path = address[Unix.Length..];
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                if (IsRefused(socket, path) && IsSocket(path))
                {
                    File.Delete(path);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // There is none, or it cannot be removed; listening then reports what is wrong.
            }
        }
    }

    /// <summary>Whether this takes a port of 127.0.0.1.</summary>
    /// <param name="port">The port.</param>
    public bool TakesOnLoopback(int port)
    {
        var place = new Place("", IPAddress.Loopback.ToString(), port);
        return Addresses.Any(address => ParseUrl(address)!.Overlaps(place));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(';', Addresses);

    private static bool IsRefused(Socket socket, string path)
    {
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    /// <summary>Whether a path is that of a socket. Connecting to a file is refused as well, but a file can be opened.</summary>
    private static bool IsSocket(string path)
    {
        const int NoSuchDevice = 6; // ENXIO
        try
        {
            File.Open(path, FileMode.Open, FileAccess.ReadWrite).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            return exception.HResult == NoSuchDevice;
        }
    }

    private static ListenAddresses Read(string variable, string text, string allowed, Func<string, Place?> parse)
    {
        var places = new List<Place>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var place = parse(part) ?? throw new InvalidSettingException(variable, part, allowed);
            if (places.Exists(place.Overlaps))
            {
                throw new InvalidSettingException(variable, text, "a list that names each port once");
            }

            places.Add(place);
        }

        return places is []
            ? throw new InvalidSettingException(variable, text, allowed)
            : new ListenAddresses(variable, [.. places.Select(place => place.Address)]);
    }

    private static Place? ParsePort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        ? new Place(string.Create(CultureInfo.InvariantCulture, $"http://*:{port}"), All, port)
        : null;

    private static Place? ParseUrl(string text)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(text);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return null;
        }

        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || address.PathBase.Length > 0 || address.IsNamedPipe)
        {
            return null;
        }

        if (address.IsUnixPipe)
        {
            return Encoding.UTF8.GetByteCount(address.UnixPipePath) <= LongestPath ? new Place(text, address.UnixPipePath, Port: 0) : null;
        }

        var written = Writable(address.Host);
        var rest = text.AsSpan(address.Scheme.Length + "://".Length + address.Host.Length);
        if (HostOf(written) is not { } host || address.Port is < 0 or > ushort.MaxValue || !IsPort(rest))
        {
            return null;
        }

        // For this name Kestrel listens on two addresses, which cannot both be given the same free port.
        return host == Localhost && address.Port == 0
            ? null
            : new Place(text.Replace(address.Host, written, StringComparison.Ordinal), host, address.Port);
    }

    /// <summary>
    /// A host in the form that a socket takes: the zone of an address stays as it is, and an IPv4 address written as IPv6 becomes plain
    /// IPv4.
    /// </summary>
    private static string Writable(string host)
    {
        if (host is not ['[', .. var inner, ']'])
        {
            return host;
        }

        inner = AddressZone.Plain(inner);
        return IPAddress.TryParse(inner, out var address) && address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : $"[{inner}]";
    }

    /// <summary>
    /// Whether the host is followed by a port of digits and nothing else, or only by a slash. The platform accepts signs and spaces as
    /// well.
    /// </summary>
    private static bool IsPort(ReadOnlySpan<char> rest) =>
        rest is [':', .. var port] ? !port.TrimEnd('/').ContainsAnyExceptInRange('0', '9') : rest.TrimEnd('/').IsEmpty;

    /// <summary>
    /// Which of the machine's addresses Kestrel takes a host for: all of them for <c>*</c>, <c>+</c> and any name except localhost. What
    /// looks like an address or like a host with a port, and is neither, is a mistake and not a name.
    /// </summary>
    private static string? HostOf(string host)
    {
        if (host is "*" or "+")
        {
            return All;
        }

        if (host is ['[', .. var inner, ']'])
        {
            return IPAddress.TryParse(inner, out var address) && inner.Contains(':', StringComparison.Ordinal) ? Canonical(address) : null;
        }

        if (Uri.CheckHostName(host) == UriHostNameType.IPv4)
        {
            return IPAddress.TryParse(host, out var address) ? Canonical(address) : null;
        }

        if (Uri.CheckHostName(host) != UriHostNameType.Dns || host.All(static c => char.IsAsciiDigit(c) || c == '.'))
        {
            return null;
        }

        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? Localhost : All;
    }

    private static string Canonical(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? All : address.ToString();

    /// <summary>One address.</summary>
    /// <param name="Address">As it was written.</param>
    /// <param name="Host">What it means, in one spelling: an address, localhost, the path of a socket, or <c>*</c> for all.</param>
    /// <param name="Port">The port; 0 for any that is free, and for a socket that has a path.</param>
    private sealed record Place(string Address, string Host, int Port)
    {
        /// <summary>Whether both would listen on the same port of the same address.</summary>
        public bool Overlaps(Place other) => Port == other.Port
            && (Port == 0
                ? Host[0] == '/' && Host == other.Host
                : Host == other.Host || Host == All || other.Host == All || IsNameOf(other) || other.IsNameOf(this));

        private bool IsNameOf(Place other) =>
            Host == Localhost && IPAddress.TryParse(other.Host, out var address) && IPAddress.IsLoopback(address);
    }
}
