namespace Bookinfo.Local;

/// <summary>How the application is to run on this machine.</summary>
/// <param name="Native">Whether to run native binaries rather than assemblies under the JIT.</param>
/// <param name="Port">productpage's port.</param>
/// <param name="BackendPort">The port of the first backend in the catalog's order; the others follow, one by one.</param>
/// <param name="ReviewsVersions">Which versions of reviews to run.</param>
/// <param name="Environment">Settings for the services, in the order given.</param>
/// <param name="PrometheusPort">The port of the Prometheus to run beside the services; <see langword="null"/> to run none.</param>
public sealed record LocalOptions(
    bool Native,
    int Port,
    int BackendPort,
    IReadOnlyList<string> ReviewsVersions,
    IReadOnlyList<EnvironmentSetting> Environment,
    int? PrometheusPort = null);
