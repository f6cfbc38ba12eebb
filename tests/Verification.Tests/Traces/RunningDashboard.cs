using System.Diagnostics;
using System.Globalization;
using Bookinfo.Foundation;
using Bookinfo.Local;
using Bookinfo.Testing;

namespace Bookinfo.Verification.Tests;

/// <summary>A real Aspire dashboard, which is downloaded when this working copy does not have it yet.</summary>
internal sealed class RunningDashboard : IAsyncDisposable
{
    private readonly Process _process;

    private RunningDashboard(Process process, Uri address, Uri otlp)
    {
        (_process, Address, Otlp) = (process, address, otlp);
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>Its page, and its API.</summary>
    public Uri Address { get; }

    /// <summary>Where it takes OTLP by <c>http/protobuf</c>.</summary>
    public Uri Otlp { get; }

    public static async Task<RunningDashboard> StartAsync()
    {
        var tree = new SourceTree(WorkingCopy.Root);
        await new DashboardPackage(tree, new NoProgress(), TimeProvider.System).RestoreAsync(TestContext.Current.CancellationToken);
        var program = DashboardPackage.Find(tree)!;
        var first = FreePort.Find(count: 3);
        Uri At(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
        {
            ("ASPNETCORE_URLS", At(first).ToString()),
            ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", At(first + 1).ToString()),
            ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", At(first + 2).ToString()),
            ("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "true"),
            ("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true"),
            ("ASPNETCORE_CONTENTROOT", Path.GetDirectoryName(program)!),
        })
        {
            start.Environment[name] = value;
        }

        var dashboard = new RunningDashboard(Process.Start(start)!, At(first), At(first + 2));
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            await Eventually.HoldsAsync(async () =>
            {
                try
                {
                    return (await client.GetAsync(new Uri(dashboard.Address, "/api/telemetry/resources"))).IsSuccessStatusCode
                        ? ""
                        : "the dashboard";
                }
                catch (HttpRequestException exception)
                {
                    return dashboard._process.HasExited
                        ? throw new InvalidOperationException("The dashboard has ended.")
                        : exception.Message;
                }
            });
            return dashboard;
        }
        catch
        {
            await dashboard.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private sealed class NoProgress : IWorkProgress
    {
        public Task RunAsync(string what, TimeSpan? lastTime, Func<Action<string>, Task> work) => work(static _ => { });
    }
}
