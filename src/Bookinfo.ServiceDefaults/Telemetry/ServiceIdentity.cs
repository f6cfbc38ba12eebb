using Bookinfo.Contracts;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>Who a service is in its metrics, spans and log lines: the attributes of the OpenTelemetry resource.</summary>
/// <param name="Name">OpenTelemetry <c>service.name</c>.</param>
/// <param name="Version">OpenTelemetry <c>service.version</c>.</param>
/// <param name="Attributes">All attributes that are set here. What <c>OTEL_RESOURCE_ATTRIBUTES</c> says goes over them.</param>
/// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/resource/.</remarks>
internal sealed record ServiceIdentity(string Name, string Version, IReadOnlyDictionary<string, object> Attributes)
{
    /// <summary>The <c>service.namespace</c> of all services.</summary>
    public const string Namespace = "bookinfo";

    /// <summary>
    /// Reads <c>OTEL_SERVICE_NAME</c>, <c>SERVICE_VERSION</c>, <c>HOSTNAME</c>, and what the downward API of Kubernetes may be mapped to:
    /// <c>K8S_NAMESPACE_NAME</c>, <c>K8S_POD_NAME</c>, <c>K8S_NODE_NAME</c>.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="service">The service.</param>
    /// <param name="version">Its version when <c>SERVICE_VERSION</c> does not say it.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static ServiceIdentity Read(Settings settings, ServiceDefinition service, string version)
    {
        // The SDK reads these for itself; the log must not call the service something else.
        var given = Given(settings.Text("OTEL_RESOURCE_ATTRIBUTES") ?? "");
        var name = settings.Text("OTEL_SERVICE_NAME") ?? given.GetValueOrDefault("service.name") ?? service.Name;
        version = given.GetValueOrDefault("service.version") ?? settings.Text("SERVICE_VERSION") ?? version;
        var pod = settings.Text("K8S_POD_NAME");
        var attributes = new Dictionary<string, object>
        {
            ["service.name"] = name,
            ["service.namespace"] = Namespace,
            ["service.version"] = version,
            // In a pod HOSTNAME is its name. Elsewhere several processes of a service may share a host, and must not share an id.
            ["service.instance.id"] = pod ?? settings.Text("HOSTNAME") ?? $"{Environment.MachineName}-{Environment.ProcessId}",
        };
        Add("k8s.namespace.name", settings.Text("K8S_NAMESPACE_NAME"));
        Add("k8s.pod.name", pod);
        Add("k8s.node.name", settings.Text("K8S_NODE_NAME"));
        return new ServiceIdentity(name, version, attributes);

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                attributes[key] = value;
            }
        }
    }

    /// <summary>Reads <c>key=value,key=value</c>, values percent-encoded. What is not of that form is left to the SDK to complain about.</summary>
    private static Dictionary<string, string> Given(string attributes)
    {
        var given = new Dictionary<string, string>();
        foreach (var attribute in attributes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (attribute.Split('=', 2) is [var key, var value])
            {
                given[key.Trim()] = Uri.UnescapeDataString(value.Trim());
            }
        }

        return given;
    }
}
