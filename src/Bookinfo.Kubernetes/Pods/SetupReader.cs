using Bookinfo.Contracts;
using Bookinfo.Measurement;
using k8s;
using k8s.Models;

namespace Bookinfo.Kubernetes;

/// <summary>Reads from pods how a service is set up.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="space">The namespace.</param>
internal sealed class SetupReader(ClusterConnection cluster, string space)
{
    private readonly Dictionary<string, IDictionary<string, string>?> _maps = [];

    /// <summary>Reads the setup of a service.</summary>
    /// <param name="service">The service with its version.</param>
    /// <param name="pods">Its pods, at least one, which are all set up like the first.</param>
    /// <param name="build">As in <see cref="ServiceSetup"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ServiceSetup> ReadAsync(
        string service, IReadOnlyList<V1Pod> pods, string? build, CancellationToken cancellationToken)
    {
        var own = PodContainers.Service(pods[0]);
        var usual = ServiceCatalog.All.SelectMany(one => one.Versions).FirstOrDefault(version => version.Name == service);
        return new ServiceSetup(
            service,
            build,
            null,
            UnusualVariables.Find(
                await ReadVariablesAsync(own, cancellationToken), usual?.Environment ?? new Dictionary<string, string>()),
            [Describe(own), .. PodContainers.Running(pods[0].Spec).Where(container => container.Name != own.Name).Select(Describe)],
            [.. pods.Select(pod => pod.Spec.NodeName).OfType<string>().Distinct().Order(StringComparer.Ordinal)]);
    }

    private static ContainerSetup Describe(V1Container container)
    {
        static string? Amount(IDictionary<string, ResourceQuantity>? amounts, string resource) =>
            amounts?.TryGetValue(resource, out var amount) == true ? amount.ToString() : null;
        var (requests, limits) = (container.Resources?.Requests, container.Resources?.Limits);
        return new ContainerSetup(
            container.Name, container.Image ?? "", Amount(requests, "cpu"), Amount(limits, "cpu"), Amount(requests, "memory"),
            Amount(limits, "memory"));
    }

    /// <summary>
    /// Reads the environment variables of a container, except for those about the pod itself. Secrets are not read; of those, and of
    /// ConfigMaps that cannot be read, it is only kept that they are used.
    /// </summary>
    private async Task<Dictionary<string, string>> ReadVariablesAsync(V1Container container, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>();
        foreach (var source in container.EnvFrom ?? [])
        {
            if (source.SecretRef is { Name: { } secret })
            {
                variables[$"Secret {secret}"] = UnusualVariables.IsSet;
            }
            else if (source.ConfigMapRef is { Name: { } map })
            {
                foreach (var (name, value) in await ReadMapAsync(map, cancellationToken)
                    ?? new Dictionary<string, string> { [$"ConfigMap {map}"] = UnusualVariables.IsSet })
                {
                    variables[source.Prefix + name] = value;
                }
            }
        }

        foreach (var variable in container.Env ?? [])
        {
            if (variable.ValueFrom is null)
            {
                variables[variable.Name] = variable.Value ?? "";
            }
            else if (variable.ValueFrom is { FieldRef: null, ResourceFieldRef: null })
            {
                variables[variable.Name] = UnusualVariables.IsSet;
            }
        }

        return variables;
    }

    private async Task<IDictionary<string, string>?> ReadMapAsync(string name, CancellationToken cancellationToken)
    {
        if (!_maps.TryGetValue(name, out var known))
        {
            try
            {
                known = (await cluster.Api.CoreV1.ReadNamespacedConfigMapAsync(name, space, cancellationToken: cancellationToken)).Data
                    ?? new Dictionary<string, string>();
            }
            catch (Exception exception) when (ClusterFailure.IsNoAnswer(exception, cancellationToken))
            {
                // Not allowed, or not there.
            }

            _maps[name] = known;
        }

        return known;
    }
}
