using System.Net;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Stands in front of a service, passes requests on, and spoils what it is told to: requests on their way there, or answers on their way
/// back.
/// </summary>
internal sealed class AppProxy : IAsyncDisposable
{
    private readonly Uri _service;
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    private readonly WebApplication _app;

    private AppProxy(Uri service)
    {
        _service = service;
        _app = LoopbackApp.Build(PassOnAsync);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Changes a request on its way to the service.</summary>
    public Action<HttpRequestMessage>? SpoilRequest { get; set; }

    /// <summary>Changes an answer; says whether the request is to be sent once more instead.</summary>
    public Func<ProxiedAnswer, bool>? SpoilAnswer { get; set; }

    /// <summary>Starts one that spoils nothing.</summary>
    /// <param name="service">The address of the service, which need not be there yet.</param>
    public static async Task<AppProxy> StartAsync(Uri service)
    {
        var proxy = new AppProxy(service);
        await proxy._app.StartAsync();
        proxy.Address = RunningSystem.AddressOf(proxy._app);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var answer = await AskAsync(context, body.ToArray());
        while (SpoilAnswer?.Invoke(answer) == true)
        {
            answer = await AskAsync(context, body.ToArray());
        }

        context.Response.StatusCode = (int)answer.Status;
        foreach (var (name, values) in answer.Headers)
        {
            context.Response.Headers[name] = values;
        }

        if (answer.Method != HttpMethods.Head)
        {
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body);
        }
    }

    private async Task<ProxiedAnswer> AskAsync(HttpContext context, byte[] body)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_service, target));
        if (body.Length > 0 || context.Request.ContentLength is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()) && name != "Content-Length")
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        SpoilRequest?.Invoke(request);
        using var response = await _client.SendAsync(request);
        return new ProxiedAnswer(context.Request.Method, target)
        {
            Status = response.StatusCode,
            Headers = response.Headers.Concat(response.Content.Headers)
                .Where(header => header.Key is not ("Content-Length" or "Transfer-Encoding"))
                .ToDictionary(header => header.Key, header => header.Value.ToArray(), StringComparer.OrdinalIgnoreCase),
            Body = await response.Content.ReadAsByteArrayAsync(),
        };
    }
}

/// <summary>An answer that may be changed.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Path">Its path, with its query.</param>
internal sealed record ProxiedAnswer(string Method, string Path)
{
    public HttpStatusCode Status { get; set; }

    public Dictionary<string, string[]> Headers { get; init; } = [];

    public byte[] Body { get; set; } = [];

    /// <summary>The body as text.</summary>
    public string Text
    {
        get => System.Text.Encoding.UTF8.GetString(Body);
        set => Body = System.Text.Encoding.UTF8.GetBytes(value);
    }
}
