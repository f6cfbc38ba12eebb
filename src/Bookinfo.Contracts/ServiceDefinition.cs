namespace Bookinfo.Contracts;

/// <summary>A service of the application.</summary>
/// <param name="Name">Its name: host name in a cluster, <c>app</c> label, OpenTelemetry <c>service.name</c>.</param>
/// <param name="Project">The .NET project that it is built from, below <c>src/</c>; also the name of its executable.</param>
/// <param name="Calls">The names of the services that it calls.</param>
/// <param name="Versions">The versions that run side by side; each is a Deployment in a cluster and a process locally.</param>
public sealed record ServiceDefinition(
    string Name,
    string Project,
    IReadOnlyList<string> Calls,
    IReadOnlyList<ServiceVersion> Versions);
