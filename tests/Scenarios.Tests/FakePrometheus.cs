using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bookinfo.Scenarios.Tests;

/// <summary>A Prometheus that answers what a test says.</summary>
internal sealed class FakePrometheus : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<string, double?> _evaluate;
    private int _questions;

    private FakePrometheus(WebApplication app, Func<string, double?> evaluate) => (_app, _evaluate) = (app, evaluate);

    public Uri Address { get; private set; } = null!;

    /// <summary>How many questions it has answered.</summary>
    public int Questions => _questions;

    /// <summary>Starts one.</summary>
    /// <param name="evaluate">
    /// Gives the value of an expression, <see langword="null"/> for no data, and throws where there is to be no answer.
    /// </param>
    public static async Task<FakePrometheus> StartAsync(Func<string, double?> evaluate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var prometheus = new FakePrometheus(app, evaluate);
        app.Run(prometheus.AnswerAsync);
        await app.StartAsync();
        prometheus.Address = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return prometheus;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var series = _evaluate(form["query"].ToString()) is { } value
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"metric":{},"value":[1,"{{value}}"]}""")
            : "";
        Interlocked.Increment(ref _questions);
        await context.Response.WriteAsync($$$"""{"status":"success","data":{"resultType":"vector","result":[{{{series}}}]}}""");
    }
}
