using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Bookinfo.Local;

namespace Bookinfo.ToolTesting;

/// <summary>A real Prometheus, with the configuration that a test gives it and what it has collected thrown away at the end.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly Process _process;
    private readonly HttpClient _client;

    private PrometheusServer(DirectoryInfo directory, Process process, int port)
    {
        _directory = directory;
        _process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>Where it is asked.</summary>
    public Uri Address { get; }

    /// <summary>Starts one.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="configuration">Its configuration, in YAML.</param>
    /// <param name="files">The files that the configuration names, which are to be beside it.</param>
    public static PrometheusServer Start(int port, string configuration, params IEnumerable<string> files)
    {
        var program = InstalledTool.Find("prometheus");
        var directory = Directory.CreateTempSubdirectory("bookinfo-prometheus");
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(directory.FullName, Path.GetFileName(file)));
        }

        var path = PrometheusFiles.ConfigurationFile(directory.FullName);
        File.WriteAllText(path, configuration);
        var start = new ProcessStartInfo(
            program,
            [
                $"--config.file={path}",
                $"--storage.tsdb.path={PrometheusFiles.DataDirectory(directory.FullName)}",
                $"--web.listen-address=127.0.0.1:{port}",
                "--enable-feature=exemplar-storage",
            ])
        {
            RedirectStandardError = true,
        };
        return new PrometheusServer(directory, Process.Start(start)!, port);
    }

    /// <summary>Evaluates an expression now.</summary>
    /// <returns>The series that it gives. The test fails when Prometheus cannot parse it.</returns>
    public async Task<IReadOnlyList<PrometheusSeries>> QueryAsync(string expression)
    {
        var result = (await GetAsync($"query?query={Uri.EscapeDataString(expression)}")).GetProperty("result");
        return [.. result.EnumerateArray().Select(series => new PrometheusSeries(
            series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            series.GetProperty("value")[1].GetString()!))];
    }

    /// <summary>Asks for the exemplars of all series in an expression, of the last hour.</summary>
    /// <returns>Their labels.</returns>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ExemplarsAsync(string expression)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var data = await GetAsync($"query_exemplars?query={Uri.EscapeDataString(expression)}&start={now - 3600}&end={now + 60}");
        return [.. data.EnumerateArray()
            .SelectMany(series => series.GetProperty("exemplars").EnumerateArray())
            .Select(exemplar => exemplar.GetProperty("labels")
                .EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!))];
    }

    /// <summary>All rules, as Prometheus has read them.</summary>
    public async Task<IReadOnlyList<JsonElement>> RulesAsync() =>
        [.. (await GetAsync("rules"))
            .GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray())];

    /// <summary>The names of all metrics that it has.</summary>
    public async Task<IReadOnlySet<string>> MetricsAsync() =>
        (await GetAsync("label/__name__/values")).EnumerateArray().Select(name => name.GetString()!).ToHashSet();

    /// <summary>Whether it is ready to be asked.</summary>
    public async Task<bool> IsReadyAsync()
    {
        Assert.False(_process.HasExited, "Prometheus has ended.");
        try
        {
            using var answer = await _client.GetAsync(new Uri("/-/ready", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<JsonElement> GetAsync(string what)
    {
        using var answer = await _client.GetAsync(new Uri($"/api/v1/{what}", UriKind.Relative));
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.True(
            json.GetProperty("status").GetString() == "success",
            $"{(json.TryGetProperty("error", out var error) ? error.GetString() : "Prometheus failed")}\n{Uri.UnescapeDataString(what)}");
        return json.GetProperty("data");
    }
}
