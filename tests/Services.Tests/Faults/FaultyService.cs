using System.Net;
using System.Net.Http.Json;
using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Services.Tests;

/// <summary>A service with a management port, on a clock that the test turns.</summary>
internal sealed class FaultyService : IAsyncDisposable
{
    private readonly RunningService _service;

    private FaultyService(RunningService service, TimerWatch clock, RecordedLog log)
    {
        (_service, Clock, Log) = (service, clock, log);
        Management = new HttpClient { BaseAddress = new Uri(service.Services.GetRequiredService<ManagementServer>().Address) };
    }

    public TimerWatch Clock { get; }

    public RecordedLog Log { get; }

    public Uri Address => _service.Address;

    /// <summary>A client of the service.</summary>
    public HttpClient Client => _service.Client;

    /// <summary>A client of the management port.</summary>
    public HttpClient Management { get; }

    public static Task<FaultyService> StartAsync(params string[] settings) => StartAsync(Bookinfo.Ratings.Program.Build, settings);

    public static async Task<FaultyService> StartAsync(
        Func<string[], Action<IServiceCollection>?, WebApplication> build, params string[] settings)
    {
        var (clock, log) = (new TimerWatch(), new RecordedLog());
        return new FaultyService(
            await RunningService.StartAsync(
                build,
                services =>
                {
                    services.AddSingleton<TimeProvider>(clock);
                    log.AddTo(services);
                },
                ["MANAGEMENT_LISTEN=0", "RANDOM_SEED=1", .. settings]),
            clock,
            log);
    }

    /// <summary>Sets rules for 30 s.</summary>
    /// <param name="rules">The rules, without the brackets of their list.</param>
    /// <param name="name">The name of the set.</param>
    public async Task<FaultStatus> SetAsync(string rules, string name = "test")
    {
        var (status, body) = await PutAsync($$"""{"ttl":"30s","rules":[{{rules}}]}""", name);
        Assert.True(status == HttpStatusCode.OK, body);
        return await StatusAsync();
    }

    public async Task<(HttpStatusCode Status, string Body)> PutAsync(string body, string name = "test")
    {
        using var answer = await Management.PutAsync(
            new Uri($"/faults/{name}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<HttpStatusCode> RemoveAsync(string name = "test")
    {
        using var answer = await Management.DeleteAsync(
            new Uri($"/faults/{name}", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    public async Task<FaultStatus> StatusAsync() =>
        (await Management.GetFromJsonAsync(
            new Uri("/faults", UriKind.Relative), FaultJson.Default.FaultStatus, TestContext.Current.CancellationToken))!;

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(
        string path = "/ratings/0", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The value of a metric, or <see langword="null"/> when there is no such series.</summary>
    public async Task<double?> MetricAsync(string name, string? label = null, string? value = null) =>
        PrometheusText.Parse((await GetAsync("/metrics")).Body)
            .FirstOrDefault(sample => sample.Name == name && (label is null || sample[label] == value))?.Value;

    public async ValueTask DisposeAsync()
    {
        Management.Dispose();
        await _service.DisposeAsync();
    }
}
