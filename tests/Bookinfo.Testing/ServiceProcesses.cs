using System.Diagnostics;
using Bookinfo.Contracts;

namespace Bookinfo.Testing;

/// <summary>
/// The services of the catalog as processes on free ports of 127.0.0.1: under the JIT as they were built, or native as they were published.
/// Addresses are fixed when this is made, so that something else can be put in front of a service before any of them runs.
/// </summary>
public sealed class ServiceProcesses : IAsyncDisposable
{
    private readonly bool _native;
    private readonly Dictionary<string, Uri> _addresses = [];
    private readonly Dictionary<string, Uri> _fronts = [];
    private readonly List<(string Name, string Variable, string Value)> _settings = [];
    private readonly Dictionary<string, ServiceProcess> _processes = [];
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Chooses the addresses. Nothing is started yet.</summary>
    /// <param name="native">Whether to run the published executables.</param>
    public ServiceProcesses(bool native = false)
    {
        _native = native;
        foreach (var version in ServiceCatalog.All.SelectMany(service => service.Versions))
        {
            _addresses[version.Name] = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        }
    }

    /// <summary>Those that were started, in the order in which they were.</summary>
    public IReadOnlyCollection<ServiceProcess> Started => _processes.Values;

    /// <summary>What becomes of the standard output of the processes that are started from now on.</summary>
    public StdoutUse Stdout { get; set; } = StdoutUse.Kept;

    /// <summary>A process that was started.</summary>
    /// <param name="name">Its name in the catalog, such as <c>reviews-v2</c>.</param>
    public ServiceProcess this[string name] => _processes[name];

    /// <summary>Whether the native executables of all services are there.</summary>
    public static bool ArePublished => ServiceCatalog.All.All(service => File.Exists(WorkingCopy.NativeExecutable(service.Project)));

    /// <summary>Where a process listens, or is going to.</summary>
    /// <param name="name">Its name in the catalog.</param>
    public Uri AddressOf(string name) => _addresses[name];

    /// <summary>Makes the other services call something else in place of a process, such as a proxy in front of it.</summary>
    /// <param name="name">The process's name in the catalog.</param>
    /// <param name="address">What they call.</param>
    public void CallInstead(string name, Uri address) => _fronts[name] = address;

    /// <summary>Sets an environment variable. What is set last holds.</summary>
    /// <param name="name">The name of a process (<c>reviews-v2</c>) or of a service (<c>reviews</c>), or <c>*</c> for all.</param>
    /// <param name="variable">The name of the variable.</param>
    /// <param name="value">Its value.</param>
    public void Set(string name, string variable, string value) => _settings.Add((name, variable, value));

    /// <summary>Starts processes and waits until all are ready.</summary>
    /// <param name="names">Their names in the catalog; none for all that there are.</param>
    public async Task StartAsync(params string[] names)
    {
        foreach (var service in ServiceCatalog.All)
        {
            foreach (var version in service.Versions.Where(version => names.Length == 0 || names.Contains(version.Name)))
            {
                _processes.Add(version.Name, ServiceProcess.Start(version.Name, _addresses[version.Name], Plan(service, version), Stdout));
            }
        }

        await Task.WhenAll(_processes.Values.Select(process => process.WaitUntilReadyAsync(_client)));
    }

    /// <summary>Stops everything at once: whatever a caller makes of that, nobody looks at it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Task.WhenAll(_processes.Values.Select(process => process.DisposeAsync().AsTask()));
    }

    private ProcessStartInfo Plan(ServiceDefinition service, ServiceVersion version)
    {
        var start = _native
            ? new ProcessStartInfo(WorkingCopy.NativeExecutable(service.Project))
            : new ProcessStartInfo("dotnet", [WorkingCopy.Assembly(service.Project)]);

        // How whoever runs the tests has set up telemetry of their own is not a part of a test.
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (name, value) in version.Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var other in ServiceCatalog.All)
        {
            // What Kubernetes injects for a Service of that name; it must not be taken for configuration.
            start.Environment[$"{other.Name.ToUpperInvariant()}_PORT"] = "tcp://10.0.0.7:9080";
            if (other != ServiceCatalog.Reviews)
            {
                var called = Called(other.Versions[0]);
                start.Environment[SettingNames.HostOf(other)] = called.Host == "127.0.0.1" ? "localhost" : called.Host;
                start.Environment[SettingNames.PortOf(other)] = $"{called.Port}";
            }
        }

        start.Environment["REVIEWS_ENDPOINTS"] = string.Join(',', ServiceCatalog.Reviews.Versions.Select(Called));
        start.Environment["HOSTNAME"] = version.Name;
        start.Environment["ASPNETCORE_HTTP_PORTS"] = $"{_addresses[version.Name].Port}";
        start.Environment["STOP_WHEN_STDIN_CLOSES"] = "true";
        start.Environment["DRAIN_SECONDS"] = "0";
        foreach (var (name, variable, value) in _settings.Where(
            setting => setting.Name == "*" || setting.Name == service.Name || setting.Name == version.Name))
        {
            start.Environment[variable] = value;
        }

        return start;
    }

    private Uri Called(ServiceVersion version) => _fronts.GetValueOrDefault(version.Name) ?? _addresses[version.Name];
}
