using System.Net;
using System.Net.Sockets;
using Bookinfo.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bookinfo.Testing;

/// <summary>
/// The services on their real hosts, over real sockets, in this process. Each listens on a free port of 127.0.0.1; reviews has one
/// address for each version.
/// </summary>
public sealed class RunningSystem : IAsyncDisposable
{
    /// <summary>What every service in a test is told.</summary>
    internal static readonly string[] Settings = ["--urls=http://127.0.0.1:0", "--DRAIN_SECONDS=0", "--ACCESS_LOG=off"];

    private readonly Dictionary<string, List<WebApplication>> _services = [];
    private readonly List<WebApplication> _started = [];
    private readonly List<Socket> _reserved = [];

    private RunningSystem()
    {
    }

    /// <summary>Where productpage listens.</summary>
    public Uri Address => AddressOf(ProductPage);

    public WebApplication Details => _services[ServiceCatalog.Details.Name][0];

    public WebApplication Ratings => _services[ServiceCatalog.Ratings.Name][0];

    /// <summary>In the order of the versions that were asked for.</summary>
    public IReadOnlyList<WebApplication> Reviews => _services[ServiceCatalog.Reviews.Name];

    public WebApplication ProductPage => _services[ServiceCatalog.ProductPage.Name][0];

    /// <summary>Starts the services.</summary>
    /// <param name="versions">The versions of reviews, which productpage calls in turn.</param>
    /// <param name="podName">What reviews gives as its pod's name; <c>reviews-</c> and the version when it is not said.</param>
    /// <param name="clusterName">What reviews gives as its cluster's name.</param>
    /// <param name="details">The address of a stand-in for details.</param>
    /// <param name="reviews">The address of a stand-in for reviews.</param>
    /// <param name="faults">The name of a service, and the rules of the faults that it has.</param>
    /// <param name="settings">Further settings of all services, as <c>NAME=value</c>.</param>
    public static async Task<RunningSystem> StartAsync(
        IReadOnlyList<string>? versions = null, string? podName = null, string? clusterName = null, Uri? details = null,
        Uri? reviews = null, (string Service, string Rules)? faults = null, IReadOnlyList<string>? settings = null)
    {
        var system = new RunningSystem();
        try
        {
            await system.StartAllAsync(
                versions ?? ["v1", "v2", "v3"], podName, clusterName, details, reviews, faults, settings ?? []);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops a service and keeps its port, so that whoever calls it is refused and nothing else in the meantime gets the calls.
    /// </summary>
    /// <param name="service">One of this system's services.</param>
    public async Task StopAsync(WebApplication service)
    {
        var port = AddressOf(service).Port;
        _started.Remove(service);
        await service.StopAsync();
        await service.DisposeAsync();

        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _reserved.Add(socket);
        // What was just served leaves connections in TIME_WAIT; with this option they do not stand in the way.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>Where a started service listens.</summary>
    /// <param name="service">The service.</param>
    public static Uri AddressOf(WebApplication service) => new(service.Urls.Single());

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started.AsEnumerable().Reverse())
        {
            await service.StopAsync();
            await service.DisposeAsync();
        }

        foreach (var socket in _reserved)
        {
            socket.Dispose();
        }
    }

    private async Task StartAllAsync(
        IReadOnlyList<string> versions, string? podName, string? clusterName, Uri? details, Uri? reviews,
        (string Service, string Rules)? faults, IReadOnlyList<string> settings)
    {
        var addresses = new Dictionary<string, IReadOnlyList<Uri>>();
        foreach (var service in ServiceCatalog.All)
        {
            _services[service.Name] = [];
            var running = new List<Uri>();
            foreach (var version in service == ServiceCatalog.Reviews
                ? versions.Select(wanted => service.Versions.Single(known => known.Version == wanted))
                : service.Versions)
            {
                _services[service.Name].Add(await StartAsync(ServicePrograms.BuildOf(service.Name)(
                [
                    .. Settings,
                    .. version.Environment.Select(setting => $"--{setting.Key}={setting.Value}"),
                    $"--HOSTNAME={podName ?? version.Name}",
                    $"--CLUSTER_NAME={clusterName}",
                    $"--SESSION_KEY={Guid.NewGuid()}",
                    .. faults?.Service == service.Name ? [$"--FAULTS={faults.Value.Rules}"] : Array.Empty<string>(),
                    .. settings.Select(setting => $"--{setting}"),
                    .. service.Calls.SelectMany(call => AddressArguments(call.Service, addresses[call.Service])),
                ], Silence)));
                running.Add(new Uri(AddressOf(_services[service.Name][^1]), $"#{version.Version}"));
            }

            var instead = service == ServiceCatalog.Details ? details : service == ServiceCatalog.Reviews ? reviews : null;
            addresses[service.Name] = instead is null ? running : [instead];
        }
    }

    /// <summary>
    /// The services of a test share one stdout with the test run, whose output their log would only drown; mistakes of ours are still told.
    /// </summary>
    internal static void Silence(IServiceCollection services) =>
        services.AddLogging(static logging => logging.AddFilter("Bookinfo", LogLevel.Error));

    private async Task<WebApplication> StartAsync(WebApplication service)
    {
        _started.Add(service);
        await service.StartAsync();
        return service;
    }

    private static IEnumerable<string> AddressArguments(string service, IReadOnlyList<Uri> addresses) =>
        service == ServiceCatalog.Reviews.Name
            ? [$"--REVIEWS_ENDPOINTS={string.Join(',', addresses)}"]
            : RunningService.At(service, addresses[0]).Select(setting => $"--{setting}");
}
