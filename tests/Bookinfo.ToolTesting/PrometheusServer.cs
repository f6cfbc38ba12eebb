using System.Text.Json;
using Bookinfo.Testing;

namespace Bookinfo.ToolTesting;

/// <summary>A real Prometheus, with the configuration that a test gives it and what it has collected thrown away at the end.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly RunningPrometheus _running;

    private PrometheusServer(RunningPrometheus running) => _running = running;

    /// <summary>Where it is asked.</summary>
    public Uri Address => _running.Address;

    /// <summary>Starts one.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="configuration">Its configuration, in YAML.</param>
    /// <param name="files">The files that the configuration names, which are to be beside it.</param>
    public static PrometheusServer Start(int port, string configuration, params IEnumerable<string> files)
    {
        // Fails with what to do when it is not installed.
        InstalledTool.Find("prometheus");
        return new PrometheusServer(RunningPrometheus.Start(port, configuration, files));
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

    /// <inheritdoc cref="RunningPrometheus.IsReadyAsync"/>
    public Task<bool> IsReadyAsync() => _running.IsReadyAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    private async Task<JsonElement> GetAsync(string what)
    {
        using var answer = await _running.Client.GetAsync(new Uri($"/api/v1/{what}", UriKind.Relative));
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.True(
            json.GetProperty("status").GetString() == "success",
            $"{(json.TryGetProperty("error", out var error) ? error.GetString() : "Prometheus failed")}\n{Uri.UnescapeDataString(what)}");
        return json.GetProperty("data");
    }
}
