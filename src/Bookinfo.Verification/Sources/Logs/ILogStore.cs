using Bookinfo.Foundation;

namespace Bookinfo.Verification;

/// <summary>
/// A platform that shows lines of logs: what <see cref="LogSource"/> reads them from. One class for each kind of platform.
/// </summary>
public interface ILogStore : IDisposable
{
    /// <summary>What it is and where, for people.</summary>
    string Name { get; }

    /// <summary>What is worth knowing about it, in sentences.</summary>
    IEnumerable<string> Notes { get; }

    /// <summary>What it lacks through no fault of its own, as far as it was read.</summary>
    IReadOnlyCollection<LogGap> Gaps => [];

    /// <summary>Whether it keeps a limited number of lines and drops the oldest, which then are not lost.</summary>
    bool LetsOldestGo => false;

    /// <summary>For how long no line may come before what is not there is lost.</summary>
    TimeSpan Standstill => Arrivals.ByOtlp;

    /// <summary>Looks whether it is there.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or is something else.</exception>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>A number that changes when lines come. It need not be how many there are, and should cost little.</summary>
    /// <param name="run">The run whose lines are waited for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see langword="null"/> for a platform where that costs as much as all lines: it has <see cref="PeekAsync"/>.</returns>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    Task<long?> GetSizeAsync(RunExpectation run, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <summary>
    /// The lines of a few traces, for little of the platform's time: they tell how much has come. Needed where
    /// <see cref="GetSizeAsync"/> does not tell.
    /// </summary>
    /// <param name="few">A run with these traces only.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer.</exception>
    IAsyncEnumerable<string> PeekAsync(RunExpectation few, CancellationToken cancellationToken) => ReadAsync(few, cancellationToken);

    /// <summary>All lines of a run, as the services wrote them: in JSON. There may be others among them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="OperationFailedException">It does not answer, or not with all that it has.</exception>
    IAsyncEnumerable<string> ReadAsync(RunExpectation run, CancellationToken cancellationToken);
}
