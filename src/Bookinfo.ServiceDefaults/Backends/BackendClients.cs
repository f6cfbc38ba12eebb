using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Connections;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bookinfo.ServiceDefaults.Backends;

/// <summary>Makes the clients of a service's backends, with what they all need.</summary>
public sealed class BackendClients
{
    private readonly ServiceDefinition _caller;
    private readonly BackendAddresses _addresses;
    private readonly BackendWeights _weights;
    private readonly int _connections;
    private readonly HostConnections _hosts;
    private readonly TimeProvider _time;
    private readonly HttpTelemetry _telemetry;
    private readonly ILogger<BackendClient> _logger;

    /// <summary>Takes what they need.</summary>
    /// <param name="caller">The service that calls.</param>
    /// <param name="addresses">Where its backends are.</param>
    /// <param name="weights">What part of the calls each version of a backend gets.</param>
    /// <param name="connections">The most connections of each client.</param>
    /// <param name="hosts">What makes them.</param>
    /// <param name="time">Tells the time and waits.</param>
    /// <param name="telemetry">The instruments.</param>
    /// <param name="logger">The log.</param>
    internal BackendClients(
        ServiceDefinition caller,
        BackendAddresses addresses,
        BackendWeights weights,
        int connections,
        HostConnections hosts,
        TimeProvider time,
        HttpTelemetry telemetry,
        ILogger<BackendClient> logger)
    {
        (_caller, _addresses, _weights) = (caller, addresses, weights);
        (_connections, _hosts, _time, _telemetry, _logger) = (connections, hosts, time, telemetry, logger);
    }

    /// <summary>A client for a service of ours: connections are spread over the replicas, and no proxy is asked.</summary>
    /// <param name="service">The service, which the catalog lets this one call. Where it is follows from the settings.</param>
    /// <param name="addHeaders">Adds headers to the request of each try; it is given that and the request that is being answered.</param>
    /// <param name="finished">Is told what came of each call, all its tries together.</param>
    /// <param name="policy">Timeout and tries; <see langword="null"/> for those in the catalog.</param>
    /// <returns>The client, to be disposed.</returns>
    public BackendClient ForService(
        ServiceDefinition service,
        Action<HttpRequestMessage, HttpRequest> addHeaders,
        Action<BackendAnswer>? finished = null,
        CallPolicy? policy = null) =>
        new(
            service.Name, $"/{service.Name}/{{id}}", policy ?? _caller.CallTo(service).Policy,
            _weights.Rotate(service, _addresses.Of(service)),
            addHeaders, finished, new ConnectionSpreader(_time), _caller.Name, useProxy: false,
            _connections, _hosts, _time, _telemetry, _logger);

    /// <summary>
    /// A client for a service of somebody else: through the proxy that the environment names, if any, unless it is on this machine.
    /// </summary>
    /// <param name="name">What it is called in telemetry.</param>
    /// <param name="template">The path of all requests to it.</param>
    /// <param name="policy">Timeout and tries.</param>
    /// <param name="endpoints">Where it is.</param>
    /// <param name="addHeaders">As for <see cref="ForService"/>.</param>
    /// <returns>The client, to be disposed.</returns>
    public BackendClient ForExternalService(
        string name, string template, CallPolicy policy, EndpointRotation endpoints, Action<HttpRequestMessage, HttpRequest> addHeaders) =>
        new(
            name, template, policy, endpoints, addHeaders, finished: null, spreader: null, caller: null,
            useProxy: !endpoints.IsOnThisMachine, _connections, _hosts, _time, _telemetry, _logger);
}
