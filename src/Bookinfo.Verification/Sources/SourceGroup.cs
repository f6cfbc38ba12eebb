using System.Runtime.ExceptionServices;

namespace Bookinfo.Verification;

/// <summary>
/// Asks several platforms at the same time. One that was asked only when another had answered could not tell when what it shows was there.
/// </summary>
public static class SourceGroup
{
    /// <summary>Asks all of them. When one fails, the others are not waited for.</summary>
    /// <param name="sources">The platforms.</param>
    /// <param name="run">What they must show.</param>
    /// <param name="say">Is told what is waited for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What came of each, in their order.</returns>
    /// <exception cref="Foundation.OperationFailedException">One of them does not answer, or cannot show anything.</exception>
    public static async Task<IReadOnlyList<SignalResult>> CheckAsync(
        IReadOnlyList<ISource> sources, RunExpectation run, Action<string> say, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? failure = null;
        async Task<SignalResult> CheckAsync(ISource source)
        {
            try
            {
                return await source.CheckAsync(run, say, ending.Token);
            }
            catch (Exception exception)
            {
                // What comes of the others from here on is of no interest.
                Interlocked.CompareExchange(ref failure, exception, null);
                await ending.CancelAsync();
                throw;
            }
        }

        try
        {
            return await Task.WhenAll(sources.Select(CheckAsync));
        }
        catch when (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
    }
}
