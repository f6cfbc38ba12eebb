using System.Net;
using System.Text.Json;
using Bookinfo.Foundation;
using Bookinfo.Load;

namespace Bookinfo.Kubernetes;

/// <summary>Tells one load worker what to do: <see cref="WorkerProtocol"/>.</summary>
/// <param name="name">What to call it in messages.</param>
/// <param name="address">Where it is.</param>
/// <param name="way">The way there; disposed of with this.</param>
internal sealed class WorkerConnection(string name, Uri address, IDisposable? way, TimeProvider time) : IDisposable
{
    /// <summary>After how many heartbeats that did not come a worker is lost.</summary>
    private const int MostMissed = 15;

    private static readonly TimeSpan StopInterval = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>What it is called: the name of its pod.</summary>
    public string Name => name;

    /// <summary>Asks for its time.</summary>
    /// <returns>What its clock shows, and how long the question took, within which that was.</returns>
    /// <exception cref="WorkerException">It does not answer.</exception>
    public Task<(DateTimeOffset Now, TimeSpan Took)> AskTimeAsync(CancellationToken cancellationToken) =>
        TalkAsync(WorkerProtocol.Heartbeat * MostMissed, async patience =>
        {
            var asked = time.GetTimestamp();
            using var response = await _client.GetAsync(new Uri(WorkerProtocol.ClockPath, UriKind.Relative), patience);
            await RequireOkAsync(response, patience);
            await using var body = await response.Content.ReadAsStreamAsync(patience);
            var clock = await JsonSerializer.DeserializeAsync(body, WorkerJson.Default.WorkerClock, patience);
            return (clock!.Now, time.GetElapsedTime(asked));
        }, cancellationToken);

    /// <summary>Gives an order, and waits until it is done.</summary>
    /// <param name="order">The order.</param>
    /// <param name="plan">What all workers are to do together.</param>
    /// <param name="stop">Ends the run early; what was measured until then is the result.</param>
    /// <param name="kill">Ends it without any result.</param>
    /// <exception cref="WorkerException">It refuses, or is lost.</exception>
    public async Task<WorkerRun> RunAsync(WorkerOrder order, LoadPlan plan, CancellationToken stop, CancellationToken kill)
    {
        var running = TalkAsync(
            TimeSpan.FromSeconds(order.TimeoutSeconds) + (WorkerProtocol.Heartbeat * MostMissed),
            patience => OrderAsync(order, plan, patience, kill),
            kill);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await Task.WhenAny(running, stopped.Task);
        while (!running.IsCompleted)
        {
            // The order may not have arrived yet, so this is said until it has been heard.
            await StopAsync(kill);
            await Task.WhenAny(running, Task.Delay(StopInterval, time, CancellationToken.None));
        }

        return await running;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        way?.Dispose();
    }

    private async Task<WorkerRun> OrderAsync(WorkerOrder order, LoadPlan plan, CancellationToken patience, CancellationToken kill)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, WorkerProtocol.RunPath)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(order, WorkerJson.Default.WorkerOrder)),
        };
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience);
        await RequireOkAsync(response, patience);
        await using var body = await response.Content.ReadAsStreamAsync(patience);
        var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        using var silence = new CancellationTokenSource(WorkerProtocol.Heartbeat * MostMissed, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, kill);
        while (true)
        {
            var read = await body.ReadAsync(buffer, end.Token);
            silence.CancelAfter(WorkerProtocol.Heartbeat * MostMissed);
            if (read == 0)
            {
                break;
            }

            answer.Write(buffer, 0, read);
        }

        var result = JsonSerializer.Deserialize(answer.GetBuffer().AsSpan(0, (int)answer.Length), WorkerJson.Default.WorkerResult)!;
        return new WorkerRun(result.ToResult(plan), result.Details is { } details ? RunDetails.From(details, plan) : null);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.DeleteAsync(new Uri(WorkerProtocol.RunPath, UriKind.Relative), cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // Then the run itself tells what is wrong.
        }
    }

    private async Task<T> TalkAsync<T>(TimeSpan patience, Func<CancellationToken, Task<T>> talk, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await talk(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WorkerException(name, FailureKind.ServiceFailed, "it does not answer");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new WorkerException(
                name, FailureKind.ServiceFailed, $"the connection was lost ({exception.GetBaseException().Message.TrimEnd('.')})");
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new WorkerException(
                name,
                FailureKind.ServiceFailed,
                $"its answer is not understood ({HttpFailure.Describe(exception)}); its image must be of the same version as bookinfo");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    private async Task RequireOkAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var error = await JsonSerializer.DeserializeAsync(body, WorkerJson.Default.WorkerError, cancellationToken);
        // The order was looked at here before: what is wrong with it then is that the two are not of the same version.
        throw new WorkerException(
            name,
            response.StatusCode == HttpStatusCode.BadGateway ? FailureKind.TargetUnreachable : FailureKind.ServiceFailed,
            error!.Error.TrimEnd('.'));
    }
}

/// <summary>What came of the orders of load workers.</summary>
/// <param name="Result">The run.</param>
/// <param name="Details">
/// Its requests by what was sent and over time; <see langword="null"/> when the order does not ask for that.
/// </param>
public sealed record WorkerRun(LoadResult Result, RunDetails? Details);

/// <summary>A load worker does not do what it was told.</summary>
/// <param name="worker">The name of its pod.</param>
/// <param name="kind">What kind of failure it is.</param>
/// <param name="why">Why, in a sentence without its end.</param>
internal sealed class WorkerException(string worker, FailureKind kind, string why) : Exception(why)
{
    /// <summary>The name of its pod.</summary>
    public string Worker { get; } = worker;

    /// <summary>What kind of failure it is.</summary>
    public FailureKind Kind { get; } = kind;
}
