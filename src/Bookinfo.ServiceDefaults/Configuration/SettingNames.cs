using System.Collections.Frozen;

namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>
/// The names of all settings, those of docs/settings.md. Variables of the environment may be meant for anybody, but an argument is meant
/// for the service: one that names no setting is a mistake. One of another service is not, as for variables: the same arguments may be
/// given to all.
/// </summary>
internal static class SettingNames
{
    /// <summary>What the names of OpenTelemetry's variables begin with; there are many, and the SDK reads some of them itself.</summary>
    private const string Telemetry = "OTEL_";

    /// <summary>All but those of OpenTelemetry.</summary>
    public static readonly FrozenSet<string> All = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "ASPNETCORE_URLS", "DRAIN_SECONDS", "STOP_WHEN_STDIN_CLOSES",
        "LOG_FORMAT", "ACCESS_LOG",
        "SERVICE_VERSION", "K8S_NAMESPACE_NAME", "K8S_POD_NAME", "K8S_NODE_NAME", "HOSTNAME", "CLUSTER_NAME",
        "DETAILS_HOSTNAME", "DETAILS_SERVICE_PORT", "REVIEWS_HOSTNAME", "REVIEWS_SERVICE_PORT", "REVIEWS_ENDPOINTS",
        "RATINGS_HOSTNAME", "RATINGS_SERVICE_PORT",
        "SERVICES_DOMAIN", "SESSION_KEY", "FLOOD_FACTOR", "ENABLE_RATINGS", "STAR_COLOR", "RANDOM_SEED",
        "ENABLE_EXTERNAL_BOOK_SERVICE", "DO_NOT_ENCRYPT", "EXTERNAL_BOOK_SERVICE_URL");

    /// <summary>Whether there is such a setting.</summary>
    /// <param name="name">Its name, in any case.</param>
    public static bool Contains(string name) => All.Contains(name) || name.StartsWith(Telemetry, StringComparison.OrdinalIgnoreCase);
}
