using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>
/// A service with tracing that calls another for each request, and what it sends to that. Spans go to an address where nobody listens.
/// </summary>
public sealed class TracedService : IAsyncLifetime
{
    /// <summary>The setting that turns tracing on.</summary>
    public const string Tracing = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:9";

    private readonly RecordingBackend _ratings = new(200, "{}");
    private RunningService? _reviews;

    public async ValueTask InitializeAsync() =>
        _reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, [Tracing, "ENABLE_RATINGS=true", .. RunningService.At("ratings", _ratings.Address)]);

    public async ValueTask DisposeAsync()
    {
        if (_reviews is not null)
        {
            await _reviews.DisposeAsync();
        }

        await _ratings.DisposeAsync();
    }

    /// <summary>Sends a request with headers, one after the other, and finds what was sent on.</summary>
    /// <param name="headers">Header lines without their ends.</param>
    public async Task<RecordedRequest> CallAsync(params string[] headers)
    {
        var before = _ratings.Requests.Count;
        Assert.Equal(200, (await RawHttp.GetAsync(_reviews!.Address, "/reviews/0", headers))!.Status);
        return Assert.Single(_ratings.Requests.Skip(before));
    }
}
