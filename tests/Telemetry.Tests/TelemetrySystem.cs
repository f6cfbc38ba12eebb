using System.Collections.Concurrent;
using System.Net;
using Bookinfo.Contracts;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>
/// The services as processes, a proxy in front of each that another one calls, and a receiver for what they export. Requests carry an
/// x-request-id, by which the proxies tell afterwards which version of reviews answered which.
/// </summary>
internal sealed class TelemetrySystem : IAsyncDisposable
{
    private readonly Dictionary<string, FaultProxy> _proxies = [];
    private readonly List<IAsyncDisposable> _owned = [];

    // One queue for all proxies: a try follows when the one before it has failed, so they stand in it in their order.
    private readonly ConcurrentQueue<(string RequestId, string Version)> _tries = new();

    private TelemetrySystem(bool native, OtlpReceiver receiver)
    {
        Processes = new ServiceProcesses(native);
        Receiver = receiver;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null })
        {
            Timeout = Eventually.Never,
        };
    }

    public ServiceProcesses Processes { get; }

    public OtlpReceiver Receiver { get; }

    public HttpClient Client { get; }

    /// <summary>The versions, with the names of their processes.</summary>
    public static IReadOnlyList<ServiceVersion> Versions { get; } = [.. ServiceCatalog.All.SelectMany(service => service.Versions)];

    /// <summary>Starts everything.</summary>
    /// <param name="protocol">
    /// How the services export: <c>grpc</c> or <c>http/protobuf</c>; <see langword="null"/> when they have no endpoint.
    /// </param>
    /// <param name="rule">How the proxy in front of a process spoils requests, by the name of the process.</param>
    /// <param name="configure">Sets more variables, and puts other things in the place of processes.</param>
    /// <param name="only">The processes to start; all when <see langword="null"/>.</param>
    /// <param name="native">Whether to run the published executables.</param>
    public static async Task<TelemetrySystem> StartAsync(
        string? protocol = "grpc",
        Func<string, RecordedRequest, Fault?>? rule = null,
        Action<TelemetrySystem>? configure = null,
        string[]? only = null,
        bool native = false)
    {
        var system = new TelemetrySystem(native, await OtlpReceiver.StartAsync());
        try
        {
            foreach (var version in Versions.Where(version => version.Service != "productpage"))
            {
                var proxy = new FaultProxy(system.Processes.AddressOf(version.Name), request =>
                {
                    if (version.Service == "reviews")
                    {
                        system._tries.Enqueue((request.Values("x-request-id") is [var id, ..] ? id : "", version.Version));
                    }

                    return rule?.Invoke(version.Name, request);
                });
                system._proxies[version.Name] = proxy;
                system.Processes.CallInstead(version.Name, proxy.Address);
            }

            if (protocol is not null)
            {
                system.Processes.Set("*", "OTEL_EXPORTER_OTLP_ENDPOINT", system.Receiver.AddressFor(protocol).AbsoluteUri);
                system.Processes.Set("*", "OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
            }

            system.Processes.Set("*", "OTEL_BSP_SCHEDULE_DELAY", "200");
            system.Processes.Set("*", "OTEL_BLRP_SCHEDULE_DELAY", "200");
            configure?.Invoke(system);
            await system.Processes.StartAsync(only ?? []);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>The proxy in front of a process.</summary>
    public FaultProxy ProxyOf(string process) => _proxies[process];

    /// <summary>Takes something that ends with the system.</summary>
    public T Own<T>(T owned)
        where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    public Uri AddressOf(string process, string target) => new(Processes.AddressOf(process), target);

    /// <summary>Gets something; headers as <c>name: value</c>.</summary>
    public async Task<HttpStatusCode> GetAsync(string process, string target, params string[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(process, target));
        foreach (var header in headers.Select(header => header.Split(": ", 2)))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(header[0], header[1]));
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>What Prometheus would scrape from a process.</summary>
    public async Task<IReadOnlyList<PrometheusSample>> ScrapeAsync(string process) =>
        PrometheusText.Parse(await Client.GetStringAsync(AddressOf(process, "/metrics"), TestContext.Current.CancellationToken));

    /// <summary>What the processes have logged, or the one of that name.</summary>
    public IReadOnlyList<LogLine> Logs(string? process = null) =>
    [
        .. Processes.Started
            .Where(started => process is null || started.Name == process)
            .SelectMany(started => started.Lines.Select(line => LogLine.Parse(started.Name, line))),
    ];

    /// <summary>The versions of reviews that productpage has tried so far for each x-request-id, in their order.</summary>
    public ILookup<string, string> VersionsTried() => _tries.ToLookup(entry => entry.RequestId, entry => entry.Version);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Processes.DisposeAsync();
        foreach (var proxy in _proxies.Values)
        {
            await proxy.DisposeAsync();
        }

        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }

        await Receiver.DisposeAsync();
    }
}
