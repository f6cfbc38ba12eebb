using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Bookinfo.ServiceDefaults;

/// <summary>
/// Makes the server and the HTTP client create spans when tracing is configured: a span for each request that comes in and for each that goes
/// out. It follows the caller's decision whether a trace is taken, and takes those that begin here.
/// </summary>
internal sealed class SpanSource : IHostedService, IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = static source => source.Name is "Microsoft.AspNetCore" or "System.Net.Http",
        Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
            options.Parent.TraceId == default || options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.PropagationData,
    };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ActivitySource.AddActivityListener(_listener);
        return Task.CompletedTask;
    }

    // Not when the host begins to stop: what is in flight then still makes calls.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();
}
