using Bookinfo.Foundation;

namespace Bookinfo.Kubernetes;

/// <summary>
/// Repeats what fails for a moment, until it succeeds or time is up: that an API server is overloaded or has another leader says nothing
/// about what it was asked. Time runs from the moment that this is made.
/// </summary>
/// <param name="timeout">How long all of it may take.</param>
/// <param name="time">Tells the time and waits.</param>
public sealed class Persistence(TimeSpan timeout, TimeProvider time)
{
    /// <summary>How long an API server that could not answer is left alone.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long _began = time.GetTimestamp();

    /// <summary>How long all of it may take.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Whether time is up.</summary>
    public bool IsOver => time.GetElapsedTime(_began) > timeout;

    /// <summary>Makes a request. One that changes something must be one that may be made twice.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <typeparam name="T">What it answers.</typeparam>
    public async Task<T> RunAsync<T>(Func<Task<T>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await request();
            }
            catch (Exception exception) when (ClusterFailure.IsPassing(exception, cancellationToken) && !IsOver)
            {
                await Task.Delay(Interval, time, cancellationToken);
            }
        }
    }

    /// <summary>Makes a request whose answer says nothing more than that it was done.</summary>
    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<Task> request, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await request();
            return true;
        },
        cancellationToken);

    /// <summary>Runs kubectl for a request.</summary>
    /// <param name="request">Runs it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>How it ended the last time.</returns>
    public async Task<ToolResult> RunToolAsync(Func<Task<ToolResult>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await request();
            if (result.Succeeded || !ClusterFailure.IsPassing(result) || IsOver)
            {
                return result;
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
