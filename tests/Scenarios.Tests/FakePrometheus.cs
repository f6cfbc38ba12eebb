using System.Globalization;
using Bookinfo.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Bookinfo.Scenarios.Tests;

/// <summary>A Prometheus that answers what a test says.</summary>
internal sealed class FakePrometheus : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<string, double?> _evaluate;
    private int _questions;

    private FakePrometheus(Func<string, double?> evaluate)
    {
        _evaluate = evaluate;
        _app = LoopbackApp.Build(AnswerAsync);
    }

    public Uri Address => RunningSystem.AddressOf(_app);

    /// <summary>How many questions it has answered.</summary>
    public int Questions => _questions;

    /// <summary>Starts the server.</summary>
    /// <param name="evaluate">
    /// Gives the value of an expression, <see langword="null"/> for no data, and throws where there is to be no answer.
    /// </param>
    public static async Task<FakePrometheus> StartAsync(Func<string, double?> evaluate)
    {
        var prometheus = new FakePrometheus(evaluate);
        await prometheus._app.StartAsync();
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
