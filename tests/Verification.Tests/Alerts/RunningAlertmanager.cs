using System.Diagnostics;
using System.Globalization;
using System.Net;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// A real Alertmanager, which must be installed (Debian, Ubuntu: <c>apt-get install prometheus-alertmanager</c>), with something in front
/// that may keep alerts from it.
/// </summary>
internal sealed class RunningAlertmanager : IAsyncDisposable
{
    private const string Configuration = """
        route:
          receiver: nobody
        receivers:
          - name: nobody

        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bookinfo-alertmanager");
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly WebApplication _relay;
    private readonly bool _isCutOff;
    private readonly Process _process;

    private RunningAlertmanager(bool isCutOff)
    {
        _isCutOff = isCutOff;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}"));
        _relay = LoopbackApp.Build(PassOnAsync);
        var configuration = Path.Combine(_directory.FullName, "alertmanager.yml");
        File.WriteAllText(configuration, Configuration);
        _process = Process.Start(new ProcessStartInfo(
            "prometheus-alertmanager",
            [
                $"--config.file={configuration}", $"--storage.path={Path.Combine(_directory.FullName, "data")}",
                $"--web.listen-address={Address.Authority}", "--cluster.listen-address=",
            ])
        {
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>Its address.</summary>
    public Uri Address { get; }

    /// <summary>Where a Prometheus sends alerts.</summary>
    public Uri Relay => RunningSystem.AddressOf(_relay);

    /// <summary>Starts an Alertmanager on a port of its own.</summary>
    /// <param name="isCutOff">Whether whoever sends alerts is told that they have arrived, and they have not.</param>
    public static async Task<RunningAlertmanager> StartAsync(bool isCutOff)
    {
        var started = new RunningAlertmanager(isCutOff);
        await started._relay.StartAsync();
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                using var answer = await started._client.GetAsync(new Uri(started.Address, "/-/ready"));
                return answer.StatusCode == HttpStatusCode.OK ? "" : "Alertmanager";
            }
            catch (HttpRequestException exception)
            {
                return started._process.HasExited ? throw new InvalidOperationException("Alertmanager has ended.") : exception.Message;
            }
        });
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task PassOnAsync(HttpContext context)
    {
        if (_isCutOff)
        {
            return;
        }

        using var body = new StreamContent(context.Request.Body);
        body.Headers.ContentType = new("application/json");
        using var answer = await _client.PostAsync(new Uri(Address, context.Request.Path), body, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
    }
}
