using System.Diagnostics;
using Bookinfo.Contracts;

namespace Observability.Tests;

/// <summary>
/// One version of a service as a process of its own, under the JIT. A few lines that other test projects have too; to be replaced when what
/// they share moves to Bookinfo.Testing.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServiceProcess(Process process)
    {
        _process = process;
        // Nobody reads it, but a full pipe would hold the service up.
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
    }

    public static ServiceProcess Start(ServiceDefinition service, ServiceVersion version, IReadOnlyDictionary<string, int> ports, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [ObservabilityFiles.Assembly(service.Project)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in version.Environment.Concat(settings))
        {
            start.Environment[name] = value;
        }

        foreach (var backend in new[] { ServiceCatalog.Details, ServiceCatalog.Ratings })
        {
            start.Environment[$"{backend.Name.ToUpperInvariant()}_HOSTNAME"] = "127.0.0.1";
            start.Environment[$"{backend.Name.ToUpperInvariant()}_SERVICE_PORT"] = $"{ports[backend.Versions[0].Name]}";
        }

        start.Environment["REVIEWS_ENDPOINTS"] = string.Join(',', ServiceCatalog.Reviews.Versions.Select(reviews => $"http://127.0.0.1:{ports[reviews.Name]}"));
        start.Environment["HOSTNAME"] = version.Name;
        start.Environment["ASPNETCORE_URLS"] = $"http://localhost:{ports[version.Name]}";
        // Should the tests be killed, the end of this pipe ends the service.
        start.Environment["STOP_WHEN_STDIN_CLOSES"] = "true";
        start.Environment["DRAIN_SECONDS"] = "0";
        return new ServiceProcess(Process.Start(start)!);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
