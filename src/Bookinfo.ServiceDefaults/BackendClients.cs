using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults;

/// <summary>Makes the clients of a service's backends, with what they all need.</summary>
public sealed class BackendClients
{
    private readonly TimeProvider _time;
    private readonly HttpTelemetry _telemetry;
    private readonly ILogger<BackendClient> _logger;

    internal BackendClients(TimeProvider time, HttpTelemetry telemetry, ILogger<BackendClient> logger) =>
        (_time, _telemetry, _logger) = (time, telemetry, logger);

    /// <summary>A client for a service of ours: connections are spread over the replicas, and no proxy is asked.</summary>
    /// <param name="service">The service.</param>
    /// <param name="policy">Timeout and tries.</param>
    /// <returns>The client, to be disposed.</returns>
    public BackendClient ForService(ServiceDefinition service, CallPolicy policy) => new(
        service.Name,
        $"/{service.Name}/{{id}}",
        new ConnectionSpreader(_time, BackendClient.CreateHandler(useProxy: false)),
        policy,
        _time,
        _telemetry,
        _logger);

    /// <summary>A client for a service of somebody else, through the proxy that the environment names, if any.</summary>
    /// <param name="name">What it is called in telemetry.</param>
    /// <param name="template">The path of all requests to it.</param>
    /// <param name="policy">Timeout and tries.</param>
    /// <returns>The client, to be disposed.</returns>
    public BackendClient ForExternalService(string name, string template, CallPolicy policy) =>
        new(name, template, BackendClient.CreateHandler(useProxy: true), policy, _time, _telemetry, _logger);
}
