using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Bookinfo.Contracts;

[assembly: AssemblyFixture(typeof(Wire.Tests.WireSystem))]

namespace Wire.Tests;

/// <summary>
/// The six processes that the checks are run against. Either ones that are there already, at the addresses in
/// <c>BOOKINFO_WIRE_DETAILS_V1</c>, <c>BOOKINFO_WIRE_REVIEWS_V2</c> and so on (services of anybody, such as the originals), or our own,
/// which are started here: under the JIT, or with <c>BOOKINFO_WIRE_MODE=native</c> the published executables.
/// </summary>
public sealed class WireSystem : IAsyncLifetime
{
    private readonly List<Process> _processes = [];
    private readonly Dictionary<string, Uri> _addresses = [];

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Whether the processes were started here, and so are ours.</summary>
    public bool IsOurs { get; private set; }

    /// <summary>The address of a process. Checks of a process that nobody gave an address for are skipped, and say so.</summary>
    /// <param name="name">Its name in the catalogue, such as <c>reviews-v2</c>.</param>
    public Uri this[string name]
    {
        get
        {
            Assert.SkipUnless(_addresses.ContainsKey(name), $"{VariableOf(name)} is not set.");
            return _addresses[name];
        }
    }

    public async ValueTask InitializeAsync()
    {
        var versions = ServiceCatalog.All.SelectMany(service => service.Versions).ToList();
        foreach (var version in versions)
        {
            if (Environment.GetEnvironmentVariable(VariableOf(version.Name)) is { Length: > 0 } address)
            {
                _addresses[version.Name] = new Uri(address);
            }
        }

        if (_addresses.Count > 0)
        {
            return;
        }

        IsOurs = true;
        foreach (var version in versions)
        {
            _addresses[version.Name] = new Uri($"http://127.0.0.1:{FreePort()}");
        }

        foreach (var service in ServiceCatalog.All)
        {
            foreach (var version in service.Versions)
            {
                _processes.Add(Start(service, version));
            }
        }

        await Task.WhenAll(_addresses.Values.Select(WaitUntilReadyAsync));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var process in _processes)
        {
            process.StandardInput.Close();
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static string VariableOf(string name) => "BOOKINFO_WIRE_" + name.ToUpperInvariant().Replace('-', '_');

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Artifacts([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(file, "../../../artifacts"));

    private Process Start(ServiceDefinition service, ServiceVersion version)
    {
        var mode = Environment.GetEnvironmentVariable("BOOKINFO_WIRE_MODE");
        var start = mode == "native"
            ? new ProcessStartInfo(Path.Combine(Artifacts(), "publish", service.Project, $"release_{RuntimeInformation.RuntimeIdentifier}", service.Project))
            : new ProcessStartInfo("dotnet", [Path.Combine(Artifacts(), "bin", service.Project, "release", service.Project + ".dll")]);
        start.RedirectStandardInput = true;
        foreach (var (name, value) in version.Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var other in new[] { ServiceCatalog.Details, ServiceCatalog.Ratings })
        {
            start.Environment[$"{other.Name.ToUpperInvariant()}_HOSTNAME"] = "localhost";
            start.Environment[$"{other.Name.ToUpperInvariant()}_SERVICE_PORT"] = $"{_addresses[other.Versions[0].Name].Port}";
            // What Kubernetes injects for a Service of that name; it must not be taken for configuration.
            start.Environment[$"{other.Name.ToUpperInvariant()}_PORT"] = "tcp://10.0.0.7:9080";
        }

        start.Environment["REVIEWS_PORT"] = "tcp://10.0.0.7:9080";
        start.Environment["PRODUCTPAGE_PORT"] = "tcp://10.0.0.7:9080";
        start.Environment["REVIEWS_ENDPOINTS"] = string.Join(',', ServiceCatalog.Reviews.Versions.Select(reviews => _addresses[reviews.Name]));
        start.Environment["HOSTNAME"] = version.Name;
        start.Environment["ASPNETCORE_HTTP_PORTS"] = $"{_addresses[version.Name].Port}";
        start.Environment["STOP_WHEN_STDIN_CLOSES"] = "true";
        return Process.Start(start) ?? throw new InvalidOperationException($"{version.Name} was not started.");
    }

    private async Task WaitUntilReadyAsync(Uri address)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var response = await Client.GetAsync(new Uri(address, "/health/ready"), patience.Token);
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20, patience.Token);
            }
        }
    }
}
