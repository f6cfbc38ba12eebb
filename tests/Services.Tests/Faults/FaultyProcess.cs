using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>Ratings as a process of its own, with a management port.</summary>
internal sealed class FaultyProcess : IAsyncDisposable
{
    private const string Name = "ratings-v1";

    private readonly ServiceProcesses _processes = new();
    private readonly HttpClient _management = new();
    private readonly HttpClient _client = new();

    private FaultyProcess()
    {
    }

    /// <summary>The memory that it has resident, in bytes.</summary>
    public long ResidentBytes => Process.ResidentBytes;

    /// <summary>The last line of its log.</summary>
    public string LastLine => Process.Lines[^1];

    /// <summary>How many lines about requests its log has.</summary>
    public int AccessLines => Process.Lines.Count(line => line.Contains("\"RequestFinished\"", StringComparison.Ordinal));

    /// <summary>The processor time that it has used, in hundredths of a second.</summary>
    public long CpuTicks
    {
        get
        {
            // The name of the program, in parentheses, may have blanks; processor time is the 12th and 13th field behind it.
            var fields = File.ReadAllText($"/proc/{Process.Id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        }
    }

    private ServiceProcess Process => _processes[Name];

    public static async Task<FaultyProcess> StartAsync()
    {
        var running = new FaultyProcess();
        running._processes.Set(Name, "MANAGEMENT_LISTEN", "0");
        await running._processes.StartAsync(Name);
        running._client.BaseAddress = running.Process.Address;
        await Eventually.HoldsAsync(
            "no management port", () => running.Process.Lines.Any(line => line.Contains("ManagementStarted", StringComparison.Ordinal)));
        using var line = JsonDocument.Parse(
            running.Process.Lines.Single(line => line.Contains("ManagementStarted", StringComparison.Ordinal)));
        running._management.BaseAddress = new Uri(line.RootElement.GetProperty("address").GetString()!);
        return running;
    }

    /// <summary>How many of its threads have a name.</summary>
    /// <param name="name">The name.</param>
    public int ThreadsOf(string name) => Directory.EnumerateDirectories($"/proc/{Process.Id}/task").Count(thread =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).Trim() == name;
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
    });

    public async Task SetAsync(string rules)
    {
        using var answer = await _management.PutAsync(
            new Uri("/faults/test", UriKind.Relative), new StringContent($$"""{"ttl":"10m","rules":[{{rules}}]}""", Encoding.UTF8),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task RemoveAsync()
    {
        using var answer = await _management.DeleteAsync(
            new Uri("/faults/test", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task<HttpStatusCode> GetAsync()
    {
        using var answer = await _client.GetAsync(new Uri("/ratings/0", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    public async Task<double> MetricAsync(string name) => (await SampleAsync(name)).Value;

    public async Task<string?> LabelAsync(string name, string label) => (await SampleAsync(name))[label];

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForEndAsync()
    {
        await Eventually.HoldsAsync("it goes on", () => !Directory.Exists($"/proc/{Process.Id}")
            || File.ReadAllText($"/proc/{Process.Id}/stat").Split(')')[^1].Contains('Z', StringComparison.Ordinal));
        return await Process.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _management.Dispose();
        await _processes.DisposeAsync();
    }

    private async Task<PrometheusSample> SampleAsync(string name) => PrometheusText.Parse(
        await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken))
        .Single(sample => sample.Name == name);
}
