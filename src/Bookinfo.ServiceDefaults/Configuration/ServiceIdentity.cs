using Bookinfo.Contracts;

namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>Who a service is in its metrics, spans and log lines: the attributes of the OpenTelemetry resource.</summary>
/// <param name="Name">OpenTelemetry <c>service.name</c>.</param>
/// <param name="Version">OpenTelemetry <c>service.version</c>.</param>
/// <param name="Attributes">
/// All attributes, those of <c>OTEL_RESOURCE_ATTRIBUTES</c> among them, which go before what is known otherwise.
/// </param>
/// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/resource/.</remarks>
internal sealed record ServiceIdentity(string Name, string Version, IReadOnlyDictionary<string, object> Attributes)
{
    /// <summary>The <c>service.namespace</c> of all services.</summary>
    public const string Namespace = "bookinfo";

    /// <summary>
    /// Reads <c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>, <c>SERVICE_VERSION</c>, <c>HOSTNAME</c>, and what the downward API
    /// of Kubernetes may be mapped to:
    /// <c>K8S_NAMESPACE_NAME</c>, <c>K8S_POD_NAME</c>, <c>K8S_NODE_NAME</c>.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="service">The service.</param>
    /// <param name="version">Its version when <c>SERVICE_VERSION</c> does not say it.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static ServiceIdentity Read(Settings settings, ServiceDefinition service, string version)
    {
        var given = Given(settings);
        var name = settings.Text("OTEL_SERVICE_NAME") ?? given.GetValueOrDefault("service.name") ?? service.Name;
        version = given.GetValueOrDefault("service.version") ?? settings.Text(SettingNames.ServiceVersion) ?? version;
        var pod = settings.Text(SettingNames.K8sPodName);
        var attributes = new Dictionary<string, object>
        {
            ["service.name"] = name,
            ["service.namespace"] = Namespace,
            ["service.version"] = version,
            // In a pod HOSTNAME is its name. Elsewhere several processes of a service may share a host, and must not share an id.
            ["service.instance.id"] = pod ?? settings.Text(SettingNames.Hostname) ?? $"{Environment.MachineName}-{Environment.ProcessId}",
        };
        Add("k8s.namespace.name", settings.Text(SettingNames.K8sNamespaceName));
        Add("k8s.pod.name", pod);
        Add("k8s.node.name", settings.Text(SettingNames.K8sNodeName));
        foreach (var (key, value) in given)
        {
            attributes[key] = value;
        }

        // It goes before a service.name among the attributes.
        attributes["service.name"] = name;
        return new ServiceIdentity(name, version, attributes);

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                attributes[key] = value;
            }
        }
    }

    /// <summary>Whether a service is known by the attribute; an empty value of it counts as not set, as for the other settings.</summary>
    private static bool IsOurs(string key) => key is "service.name" or "service.version" or "service.instance.id";

    /// <summary>The label that an attribute becomes on <c>target_info</c>, or at least one that has more underscores.</summary>
    private static string LabelOf(string key) => string.Concat(key.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    /// <summary>Reads <c>key=value,key=value</c>, both percent-encoded where they have to be.</summary>
    private static Dictionary<string, string> Given(Settings settings)
    {
        const string Variable = "OTEL_RESOURCE_ATTRIBUTES";
        var text = settings.Text(Variable) ?? "";
        var given = new Dictionary<string, string>();
        foreach (var attribute in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (attribute.Split('=', 2) is not [var key, var value]
                || !PercentEncoding.TryDecode(key.Trim(), out key) || !PercentEncoding.TryDecode(value.Trim(), out value)
                || key.Length == 0)
            {
                throw new InvalidSettingException(
                    Variable, text, "a list such as team=shop,region=north, with %2C for a comma in a value and %25 for a percent sign");
            }

            if (LabelOf(key) == "__name__")
            {
                throw new InvalidSettingException(Variable, text, "a list without __name__, by which Prometheus names a metric itself");
            }

            if (value.Length > 0 || !IsOurs(key))
            {
                given[key] = value;
            }
        }

        return given;
    }
}
