using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Verification.Tests;

/// <summary>
/// Stands in for a platform that cannot be had here: it answers as the documentation of its API says. What it is asked is written down.
/// </summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly WebApplication _app;

    private StandIn(Func<HttpRequest, Task<IResult>> answer) => _app = LoopbackApp.Build(async context =>
    {
        _asked.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
        Authorization = context.Request.Headers.Authorization;
        Tenant = context.Request.Headers["X-Scope-OrgID"];
        await (await answer(context.Request)).ExecuteAsync(context);
    });

    public Uri Address { get; private set; } = null!;

    /// <summary>What it was asked for, in order.</summary>
    public IEnumerable<string> Asked => _asked;

    /// <summary>Who asked last.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Of whom it was asked last.</summary>
    public string? Tenant { get; private set; }

    public static async Task<StandIn> StartAsync(Func<HttpRequest, Task<IResult>> answer)
    {
        var standIn = new StandIn(answer);
        await standIn._app.StartAsync(TestContext.Current.CancellationToken);
        standIn.Address = RunningSystem.AddressOf(standIn._app);
        return standIn;
    }

    public static Task<StandIn> StartAsync(Func<HttpRequest, IResult> answer) =>
        StartAsync(request => Task.FromResult(answer(request)));

    /// <summary>An answer in JSON.</summary>
    public static IResult Json(JsonNode? node) => new Answer(200, "application/json", node?.ToJsonString() ?? "null");

    /// <summary>An answer that is a text.</summary>
    public static IResult Text(int status, string text, string type = "text/plain") => new Answer(status, type, text);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Answer(int status, string type, string body) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body, context.RequestAborted);
        }
    }
}
