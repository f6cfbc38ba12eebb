using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>Where the services are that a service calls, from the settings that the wire contract names.</summary>
public sealed class BackendAddresses
{
    private readonly Dictionary<string, IReadOnlyList<BackendAddress>> _addresses;

    private BackendAddresses(Dictionary<string, IReadOnlyList<BackendAddress>> addresses) => _addresses = addresses;

    /// <summary>
    /// Reads the address of each service that one calls. Reviews may have several, <c>REVIEWS_ENDPOINTS</c>, separated by commas, and a
    /// fragment of each may name the version behind it: <c>http://127.0.0.1:9084#v2</c>.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="caller">The service that calls.</param>
    /// <returns>The addresses.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static BackendAddresses Read(Settings settings, ServiceDefinition caller) => new(
        ServiceCatalog.All.Where(caller.IsCallerOf).ToDictionary(
            service => service.Name,
            IReadOnlyList<BackendAddress> (service) =>
                service == ServiceCatalog.Reviews && settings.Addresses(SettingNames.ReviewsEndpoints) is { } several
                    ? [.. several.Select(BackendAddress.From)]
                    : [new BackendAddress(ReadOne(settings, service), Version: null)]));

    /// <summary>The base addresses of a service, taken in turn: one in a cluster. None when the service is not called.</summary>
    /// <param name="service">The service.</param>
    public IReadOnlyList<BackendAddress> Of(ServiceDefinition service) => _addresses.GetValueOrDefault(service.Name) ?? [];

    /// <summary>
    /// Reads <c>http://{NAME_HOSTNAME|name}[.{SERVICES_DOMAIN}]:{NAME_SERVICE_PORT|9080}</c>. Of the variables that Kubernetes injects for
    /// a Service, <c>NAME_SERVICE_PORT</c> is meant and <c>NAME_PORT</c> (<c>tcp://10.0.0.7:9080</c>) is not.
    /// </summary>
    private static Uri ReadOne(Settings settings, ServiceDefinition service)
    {
        var host = HostName(settings, SettingNames.HostOf(service)) ?? service.Name;
        var domain = HostName(settings, SettingNames.ServicesDomain);
        var port = settings.Number(SettingNames.PortOf(service), ServiceCatalog.ServicePort, least: 1, most: ushort.MaxValue);

        var name = domain is null ? host : $"{host}.{domain}";
        var authority = Uri.CheckHostName(name) == UriHostNameType.IPv6 && name[0] != '[' ? $"[{name}]" : name;
        // A host and a domain that are allowed each may not be so together, such as an address and a domain.
        return Uri.CheckHostName(name) != UriHostNameType.Unknown
            && Uri.TryCreate(string.Create(CultureInfo.InvariantCulture, $"http://{authority}:{port}"), UriKind.Absolute, out var address)
            ? address
            : throw new InvalidSettingException(
                SettingNames.ServicesDomain, domain ?? "", $"the rest of a host name that begins with '{host}.'");
    }

    private static string? HostName(Settings settings, string variable) => settings.Text(variable) switch
    {
        null => null,
        var name when Uri.CheckHostName(name) is not UriHostNameType.Unknown => name,
        var name => throw new InvalidSettingException(variable, name, "a host name or an IP address, without scheme and port"),
    };
}

/// <summary>Where a service is.</summary>
/// <param name="Uri">The base address.</param>
/// <param name="Version">The version that is there; <see langword="null"/> when it is not known, as in a cluster.</param>
public sealed record BackendAddress(Uri Uri, string? Version)
{
    /// <summary>Takes an address and the version in its fragment apart.</summary>
    /// <param name="address">The address, perhaps with a fragment.</param>
    internal static BackendAddress From(Uri address) => address.Fragment is ['#', .. var version]
        // As it was written: the parts of an address do not have its zone.
        ? new BackendAddress(new Uri(address.OriginalString.Split('#')[0]), version)
        : new BackendAddress(address, Version: null);
}
