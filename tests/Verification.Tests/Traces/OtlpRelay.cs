using Bookinfo.Otlp;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Stands between the services and a platform that takes OTLP by <c>http/protobuf</c>, and passes on what it is told to make of each span
/// and log record.
/// </summary>
/// <param name="platform">The platform.</param>
/// <param name="spoil">What it makes of one of the signal: any number of them.</param>
internal sealed class OtlpRelay(Uri platform, Func<OtlpSignal, RelayedItem, IEnumerable<RelayedItem>> spoil) : IAsyncDisposable
{
    private readonly OtlpForwarder _platform = new(platform);
    private OtlpServer? _server;
    private long _taken;

    /// <summary>Where services send to.</summary>
    public Uri Address => _server!.HttpAddress;

    /// <summary>How many spans and log records have come, and what was made of them has been passed on.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public async Task StartAsync() => _server = await OtlpServer.StartAsync(grpcPort: 0, httpPort: 0, PassOnAsync);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _platform.Dispose();
    }

    private async Task<OtlpAnswer> PassOnAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        var count = 0;
        if (request.Signal is OtlpSignal.Traces or OtlpSignal.Logs)
        {
            var signal = request.Signal.Value;
            var items = RelayedItem.Read(request.Message, traceField: signal == OtlpSignal.Traces ? 1 : 9).ToList();
            count = items.Count;
            request = request with { Body = RelayedItem.Write(items.SelectMany(item => spoil(signal, item))) };
        }

        var answer = await _platform.SendAsync(request, cancellationToken);
        Interlocked.Add(ref _taken, count);
        return answer;
    }
}
