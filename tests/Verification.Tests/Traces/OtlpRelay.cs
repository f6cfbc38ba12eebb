using System.Net.Http.Headers;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Stands between the services and a platform that takes OTLP by <c>http/protobuf</c>, and passes on what it is told to make of each span
/// and log record.
/// </summary>
/// <param name="platform">The platform.</param>
/// <param name="spoil">What it makes of one, whose signal is <c>traces</c> or <c>logs</c>: any number of them.</param>
internal sealed class OtlpRelay(Uri platform, Func<string, RelayedItem, IEnumerable<RelayedItem>> spoil) : IAsyncDisposable
{
    private const string Traces = "/v1/traces";
    private const string Logs = "/v1/logs";

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication? _server;
    private long _taken;

    /// <summary>Where services send to.</summary>
    public Uri Address => RunningSystem.AddressOf(_server!);

    /// <summary>How many spans and log records have come, and what was made of them has been passed on.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    public async Task StartAsync()
    {
        _server = LoopbackApp.Build(PassOnAsync);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _client.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var (path, request, count) = (context.Request.Path.Value!, body.ToArray(), 0);
        if (path is Traces or Logs)
        {
            var items = RelayedItem.Read(request, traceField: path == Traces ? 1 : 9).ToList();
            count = items.Count;
            request = RelayedItem.Write(items.SelectMany(item => spoil(path == Traces ? "traces" : "logs", item)));
        }

        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await _client.PostAsync(new Uri(platform, path), content, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = "application/x-protobuf";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        Interlocked.Add(ref _taken, count);
    }
}
