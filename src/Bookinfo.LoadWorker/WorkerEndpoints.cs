using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.LoadWorker;

/// <summary>What a worker answers: <see cref="WorkerProtocol"/>.</summary>
internal static class WorkerEndpoints
{
    private static readonly byte[] LineFeed = "\n"u8.ToArray();

    /// <summary>Adds the endpoints to an application.</summary>
    /// <param name="app">The worker.</param>
    public static void MapWorker(this WebApplication app)
    {
        app.MapGet(WorkerProtocol.ReadyPath, static (HttpContext context) => context.Response.WriteAsync("ready\n"));
        app.MapGet(WorkerProtocol.ClockPath, OnlyFromHere(static context =>
        {
            var time = context.RequestServices.GetRequiredService<TimeProvider>();
            return AnswerAsync(context, HttpStatusCode.OK, new WorkerClock(time.GetUtcNow()), WorkerJson.Default.WorkerClock);
        }));
        app.MapPost(WorkerProtocol.RunPath, OnlyFromHere(RunAsync));
        app.MapDelete(WorkerProtocol.RunPath, OnlyFromHere(static context => context.RequestServices.GetRequiredService<RunSlot>().Stop()
            ? AnswerAsync(context, HttpStatusCode.Accepted)
            : RefuseAsync(context, HttpStatusCode.NotFound, "no run is under way")));
    }

    /// <summary>
    /// Takes orders from the pod itself only, which is where <c>kubectl port-forward</c> comes from: whoever may do that may also run what
    /// he likes in the namespace. Others in the cluster must not be able to send load from here.
    /// </summary>
    private static RequestDelegate OnlyFromHere(RequestDelegate endpoint) => context =>
    {
        if (context.Connection.RemoteIpAddress is not { } caller || !IPAddress.IsLoopback(caller))
        {
            return RefuseAsync(context, HttpStatusCode.Forbidden, "orders are taken through kubectl port-forward only");
        }

        context.RequestServices.GetRequiredService<RunSlot>().Touch();
        return endpoint(context);
    };

    private static async Task RunAsync(HttpContext context)
    {
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        WorkerOrder order;
        try
        {
            order = await JsonSerializer.DeserializeAsync(context.Request.Body, WorkerJson.Default.WorkerOrder, context.RequestAborted)
                ?? throw new JsonException("an order must not be null");
        }
        catch (JsonException exception)
        {
            await RefuseAsync(context, HttpStatusCode.BadRequest, $"this is not an order: {exception.Message}");
            return;
        }
        catch (BadHttpRequestException exception)
        {
            await RefuseAsync(context, (HttpStatusCode)exception.StatusCode, $"the order cannot be read: {exception.Message}");
            return;
        }
        catch (IOException exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            // What Kestrel throws for the size of a chunk that is not a 32-bit number.
            await RefuseAsync(context, HttpStatusCode.BadRequest, $"the order cannot be read: {exception.Message}");
            return;
        }

        if (order.FindProblem(time.GetUtcNow()) is { } problem)
        {
            await RefuseAsync(context, HttpStatusCode.BadRequest, problem);
            return;
        }

        if (OpenFileLimit.FindProblem(order.Connections) is { } tooMany)
        {
            await RefuseAsync(context, HttpStatusCode.BadRequest, tooMany);
            return;
        }

        var slot = context.RequestServices.GetRequiredService<RunSlot>();
        using var stop = new CancellationTokenSource();
        if (!slot.TryTake(stop.Cancel))
        {
            await RefuseAsync(context, HttpStatusCode.Conflict, "a run is under way already");
            return;
        }

        try
        {
            // When the caller is gone, or this worker is to end, nobody wants the result.
            var ending = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            using var useless = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ending);
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(useless.Token, stop.Token);
            await RunAsync(context, order, time, stopping.Token, useless.Token);
        }
        finally
        {
            slot.Release();
        }
    }

    private static async Task RunAsync(
        HttpContext context, WorkerOrder order, TimeProvider time, CancellationToken stop, CancellationToken kill)
    {
        PreparedRequests requests;
        try
        {
            // A run that is stopped meanwhile still has a result, which is that nothing was sent.
            // Each worker signs users in, with trace ids that no other one has.
            requests = await BookinfoTraffic.PrepareAsync(
                new Uri(order.Url), order.Insecure, order.Headers, order.Paths, order.TraceSeed + (ulong)order.Worker,
                TimeSpan.FromSeconds(order.TimeoutSeconds), time, requiresUsers: false, kill);
        }
        catch (TargetException exception)
        {
            await RefuseAsync(context, HttpStatusCode.BadGateway, exception.Message);
            return;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }

        var plan = order.ToPlan(requests.Target, requests.Mix);
        var details = order.Details ? RunDetails.Of(plan) : null;
        var running = new LoadEngine(plan, details is null ? [] : [details.Breakdown, details.Timeline], time)
            .RunAsync(requests.Setup, stop, kill);
        context.Response.ContentType = "application/json";
        while (await Task.WhenAny(running, Task.Delay(WorkerProtocol.Heartbeat, time, CancellationToken.None)) != running)
        {
            if (!kill.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(LineFeed, CancellationToken.None);
                await context.Response.Body.FlushAsync(CancellationToken.None);
            }
        }

        LoadResult result;
        try
        {
            result = await running;
        }
        catch (ThreadLimitException limit) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, HttpStatusCode.BadRequest, limit.Message);
            return;
        }

        if (kill.IsCancellationRequested)
        {
            // A part of a run must not be taken for the whole.
            context.Abort();
            return;
        }

        await JsonSerializer.SerializeAsync(
            context.Response.Body, WorkerResult.From(result, details), WorkerJson.Default.WorkerResult, CancellationToken.None);
    }

    private static Task RefuseAsync(HttpContext context, HttpStatusCode status, string error) =>
        AnswerAsync(context, status, new WorkerError(error), WorkerJson.Default.WorkerError);

    private static Task AnswerAsync<T>(HttpContext context, HttpStatusCode status, T answer, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = (int)status;
        return context.Response.WriteAsJsonAsync(answer, type, contentType: null, context.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext context, HttpStatusCode status)
    {
        context.Response.StatusCode = (int)status;
        return Task.CompletedTask;
    }
}
