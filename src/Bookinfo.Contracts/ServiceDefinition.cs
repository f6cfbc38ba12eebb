namespace Bookinfo.Contracts;

/// <summary>A service of the application.</summary>
/// <param name="Name">Its name: host name in a cluster, <c>app</c> label, OpenTelemetry <c>service.name</c>.</param>
/// <param name="Project">The .NET project that it is built from, below <c>src/</c>; also the name of its executable.</param>
/// <param name="Calls">The calls that it makes.</param>
/// <param name="Versions">The versions that run side by side; each is a Deployment in a cluster and a process locally.</param>
public sealed record ServiceDefinition(
    string Name,
    string Project,
    IReadOnlyList<ServiceCall> Calls,
    IReadOnlyList<ServiceVersion> Versions)
{
    /// <summary>Its routes.</summary>
    public IReadOnlyList<ServiceRoute> Routes { get; init; } = [];

    /// <summary>Whether it calls another service.</summary>
    /// <param name="other">The other service.</param>
    public bool IsCallerOf(ServiceDefinition other) => Calls.Any(call => call.Service == other.Name);

    /// <summary>The call that it makes to another service.</summary>
    /// <param name="other">The other service, which it calls.</param>
    public ServiceCall CallTo(ServiceDefinition other) => Calls.Single(call => call.Service == other.Name);
}

/// <summary>A call that a service makes to another one to answer a request: an edge of the graph of services.</summary>
/// <param name="Service">The name of the service that is called.</param>
/// <param name="Policy">Its timeout and tries, unless a version of the caller has others.</param>
/// <param name="Missing">
/// The text in the caller's answer, whose status is good, that shows that this call got nothing; <see langword="null"/> when the answer has
/// an error status in that case.
/// </param>
public sealed record ServiceCall(string Service, CallPolicy Policy, string? Missing = null);

/// <summary>A call of one service to another, by their names.</summary>
/// <param name="Caller">The service that calls.</param>
/// <param name="Callee">The service that is called.</param>
/// <param name="Missing">See <see cref="ServiceCall.Missing"/>.</param>
public sealed record ServiceEdge(string Caller, string Callee, string? Missing);

/// <summary>A version of a service that runs beside the others.</summary>
/// <param name="Service">The name of the service.</param>
/// <param name="Version">The version: <c>version</c> label and OpenTelemetry <c>service.version</c>.</param>
/// <param name="LocalPort">The port that it listens on when run locally by <c>bookinfo up</c>.</param>
/// <param name="Environment">The environment variables that make this version what it is.</param>
public sealed record ServiceVersion(
    string Service,
    string Version,
    int LocalPort,
    IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The name of the Deployment and of the local process, such as <c>reviews-v2</c>.</summary>
    public string Name => $"{Service}-{Version}";
}
