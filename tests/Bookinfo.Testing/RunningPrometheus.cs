using System.Diagnostics;
using System.Net;

namespace Bookinfo.Testing;

/// <summary>A real Prometheus, which must be installed (Debian, Ubuntu: <c>apt-get install prometheus</c>), with data of its own.</summary>
public sealed class RunningPrometheus : IAsyncDisposable
{
    private const string Program = "prometheus";

    private readonly DirectoryInfo _directory;
    private readonly Process _process;

    private RunningPrometheus(DirectoryInfo directory, Process process, Uri address)
    {
        (_directory, _process, Address) = (directory, process, address);
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>Its address.</summary>
    public Uri Address { get; }

    /// <summary>A client that knows its address.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts one.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="files">Files that the configuration names, which are copied beside it.</param>
    public static RunningPrometheus Start(int port, string configuration, params IEnumerable<string> files)
    {
        var directory = Directory.CreateTempSubdirectory("bookinfo-prometheus");
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(directory.FullName, Path.GetFileName(file)));
        }

        var configurationFile = Path.Combine(directory.FullName, "prometheus.yml");
        File.WriteAllText(configurationFile, configuration);
        var address = new Uri($"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo(
            Program,
            [
                $"--config.file={configurationFile}",
                $"--storage.tsdb.path={Path.Combine(directory.FullName, "data")}",
                $"--web.listen-address={address.Authority}",
                "--enable-feature=exemplar-storage",
            ])
        {
            RedirectStandardError = true,
        };
        return new RunningPrometheus(directory, Process.Start(start)!, address);
    }

    /// <summary>Whether it is ready to be asked.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException("Prometheus has ended.");
        }

        try
        {
            using var answer = await Client.GetAsync(new Uri("/-/ready", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }
}
