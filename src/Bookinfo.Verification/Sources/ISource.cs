using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>
/// A platform, as far as it shows one signal: what <c>verify</c> asks whether it shows what happened. One class for each kind of platform
/// (docs/verify.md says how to write one).
/// </summary>
public interface ISource : IDisposable
{
    /// <summary>The signal: <c>metrics</c>, <c>traces</c>, <c>logs</c>.</summary>
    string Signal { get; }

    /// <summary>Gets ready for a run that is about to begin, such as by waiting for the state before it.</summary>
    /// <param name="say">Is told what is waited for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The platform does not answer, or is not one that can show anything.</exception>
    Task PrepareAsync(Action<string> say, CancellationToken cancellationToken);

    /// <summary>Asks what the platform shows of a run, once what it shows stands still.</summary>
    /// <param name="run">What it must show. The run is over.</param>
    /// <param name="say">Is told what is waited for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">The platform does not answer, or is not one that can show anything.</exception>
    Task<SignalResult> CheckAsync(RunExpectation run, Action<string> say, CancellationToken cancellationToken);
}
