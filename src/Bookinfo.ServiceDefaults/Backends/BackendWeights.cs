using System.Globalization;
using Bookinfo.Contracts;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>
/// What part of the calls each version of a backend gets, where the versions have addresses of their own, as those of reviews have under
/// <c>up</c>. In a cluster a service has one address, and this has nothing to say.
/// </summary>
public sealed class BackendWeights
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Weighed> _services = [];

    /// <summary>
    /// Makes a rotation of a service's addresses, to be weighed here if each names its version. A service may have several, each with turns
    /// of its own, which then have the same weights.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="addresses">Where it is.</param>
    public EndpointRotation Rotate(ServiceDefinition service, IReadOnlyList<BackendAddress> addresses)
    {
        var rotation = new EndpointRotation([.. addresses.Select(address => address.Uri)]);
        var versions = addresses.Select(address => address.Version).OfType<string>().ToList();
        if (versions.Count > 1 && versions.Count == addresses.Count && versions.Distinct().Count() == versions.Count)
        {
            lock (_lock)
            {
                if (!_services.TryGetValue(service.Name, out var weighed))
                {
                    _services[service.Name] = weighed = new Weighed(versions);
                }

                weighed.Rotations.Add(rotation);
            }
        }

        return rotation;
    }

    /// <summary>The weights of each service.</summary>
    internal IReadOnlyList<ServiceWeights> Read()
    {
        lock (_lock)
        {
            return [.. _services.Select(service => new ServiceWeights(service.Key, service.Value.Versions, service.Value.Weights))];
        }
    }

    /// <summary>Changes the weights of services; those that are not named keep theirs.</summary>
    /// <param name="weights">
    /// By service and version, 0 for versions that are not named; <see langword="null"/> to take all of a service in turn.
    /// </param>
    /// <returns>What is not allowed, in which case nothing has changed; <see langword="null"/> when everything is.</returns>
    public string? Change(IReadOnlyDictionary<string, Dictionary<string, int>?> weights)
    {
        lock (_lock)
        {
            var problems = weights.Select(service => FindProblem(service.Key, service.Value)).OfType<string>();
            if (problems.FirstOrDefault() is { } problem)
            {
                return problem;
            }

            foreach (var (name, shares) in weights)
            {
                var service = _services[name];
                service.Weights = shares is null ? null : [.. service.Versions.Select(version => shares.GetValueOrDefault(version))];
                service.Rotations.ForEach(rotation => rotation.Weigh(service.Weights));
            }

            return null;
        }
    }

    private string? FindProblem(string name, Dictionary<string, int>? shares)
    {
        if (!_services.TryGetValue(name, out var service))
        {
            return _services.Count == 0
                ? $"{name} has no weights here: no service is called at several addresses that name their versions"
                : $"{name} has no weights here, only {string.Join(", ", _services.Keys)}";
        }

        return shares is null ? null
            : shares.Keys.FirstOrDefault(version => !service.Versions.Contains(version)) is { } unknown
                ? $"{name} has no version '{unknown}' here, only {string.Join(", ", service.Versions)}"
            : shares.Values.Any(weight => weight is < 0 or > BackendShares.MostWeight) || shares.Values.Sum() == 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"weights must be whole numbers from 0 to {BackendShares.MostWeight}, and one of them above 0")
            : null;
    }

    /// <summary>A service whose versions have addresses of their own.</summary>
    private sealed class Weighed(IReadOnlyList<string> versions)
    {
        public List<EndpointRotation> Rotations { get; } = [];

        public IReadOnlyList<string> Versions => versions;

        public IReadOnlyList<int>? Weights { get; set; }
    }
}

/// <summary>The weights of a service.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Versions">Its versions.</param>
/// <param name="Weights">The weight of each; <see langword="null"/> where their addresses are taken in turn.</param>
internal sealed record ServiceWeights(string Service, IReadOnlyList<string> Versions, IReadOnlyList<int>? Weights);
