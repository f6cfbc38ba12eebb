using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>A platform that shows spans: what <see cref="TraceSource"/> reads them from. One class for each kind of platform.</summary>
public interface ISpanStore : IDisposable
{
    /// <summary>What it is and where, for people.</summary>
    string Name { get; }

    /// <summary>Looks whether it is there.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What it says of itself, such as its version; empty when it does not tell.</returns>
    /// <exception cref="OperationFailedException">It does not answer, or is something else.</exception>
    Task<string> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>All spans of the traces of a run. There may be spans of other traces among them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or not with all that it has.</exception>
    IAsyncEnumerable<SeenSpan> ReadAsync(RunExpectation run, CancellationToken cancellationToken);

    /// <summary>The spans of one trace, asked for by its id, which is another way than that of <see cref="ReadAsync"/>.</summary>
    /// <param name="traceId">The id, in 32 digits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="null"/> where there is no such way.</returns>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    Task<IReadOnlyList<SeenSpan>?> FindAsync(string traceId, CancellationToken cancellationToken);
}
