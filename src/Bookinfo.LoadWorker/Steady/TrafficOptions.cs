using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.Load;

namespace Bookinfo.LoadWorker;

/// <summary>How traffic without an end is sent: what does not change while it is.</summary>
/// <param name="Url">Where the page is: <c>TRAFFIC_URL</c>.</param>
/// <param name="Settings">The directory with the settings that are followed: <c>TRAFFIC_SETTINGS</c>.</param>
/// <param name="Connections">How many connections, each with one request at a time: <c>TRAFFIC_CONNECTIONS</c>.</param>
public sealed record TrafficOptions(Uri Url, string Settings, int Connections)
{
    /// <summary>The most connections: each takes a thread.</summary>
    public const int MostConnections = 256;

    private const int UsualConnections = 32;
    private const string UsualSettings = "/etc/traffic";

    private static readonly string UsualUrl = $"http://{ServiceCatalog.ProductPage.Name}:{ServiceCatalog.ServicePort}";

    /// <summary>Reads them from variables of the environment.</summary>
    /// <param name="configuration">Variables of the environment, with their whole names.</param>
    /// <exception cref="FormatException">One has a value that is not allowed.</exception>
    public static TrafficOptions Read(IConfiguration configuration)
    {
        var url = Text(configuration, "TRAFFIC_URL") ?? UsualUrl;
        if (!LoadTarget.IsUrl(url) || new Uri(url).PathAndQuery != "/")
        {
            // Before an @ may stand a password.
            var shown = url.Contains('@', StringComparison.Ordinal) ? "" : $" '{url}'";
            throw new FormatException($"TRAFFIC_URL{shown} is not allowed: it must be http:// or https://, a host, and nothing behind it");
        }

        var text = Text(configuration, "TRAFFIC_CONNECTIONS");
        var connections = UsualConnections;
        if (text is not null && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out connections)
            || connections is < 1 or > MostConnections))
        {
            throw new FormatException(
                $"TRAFFIC_CONNECTIONS '{text}' is not allowed: it must be a whole number from 1 to {MostConnections}");
        }

        // New ones are opened before the old ones are closed.
        return OpenFileLimit.FindProblem(2 * connections) is { } problem
            ? throw new FormatException(
                $"TRAFFIC_CONNECTIONS '{connections}' is too many: while connections are renewed there are twice as many, and {problem}")
            : new TrafficOptions(new Uri(url), Text(configuration, "TRAFFIC_SETTINGS") ?? UsualSettings, connections);
    }

    /// <summary>What is set. An empty field of a manifest sets nothing, as for the services.</summary>
    private static string? Text(IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } text ? text : null;
}
