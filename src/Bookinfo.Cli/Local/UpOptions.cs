namespace Bookinfo.Cli.Local;

/// <summary>What the user asked <c>up</c> for.</summary>
/// <param name="Native">Whether to run native binaries rather than assemblies under the JIT.</param>
/// <param name="Port">productpage's port.</param>
/// <param name="BackendPort">The port of the first backend in the catalog's order; the others follow, one by one.</param>
/// <param name="ReviewsVersions">Which versions of reviews to run.</param>
/// <param name="Build">Whether to build what is out of date.</param>
/// <param name="Environment">Settings for the services, in the order given.</param>
/// <param name="Output">How to write the table.</param>
/// <param name="PrometheusPort">The port of the Prometheus to run beside the services; <see langword="null"/> to run none.</param>
internal sealed record UpOptions(
    bool Native,
    int Port,
    int BackendPort,
    IReadOnlyList<string> ReviewsVersions,
    bool Build,
    IReadOnlyList<EnvironmentSetting> Environment,
    OutputFormat Output,
    int? PrometheusPort = null);
