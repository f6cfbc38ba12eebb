using System.Runtime.CompilerServices;

namespace Bookinfo.Verification;

/// <summary>
/// A platform that is asked for all traces of a run by their ids, several at a time, and in the other way by search.
/// </summary>
public abstract class SpansById : ISpanStore
{
    /// <summary>How many can be asked for in a minute or so.</summary>
    private const int Most = 10_000;

    private const int AtOnce = 16;

    /// <summary>How often to ask in vain for the second half of an id before that is given up.</summary>
    private const int MostHalves = 50;

    private int _halves;

    /// <summary>A platform that is asked over HTTP.</summary>
    /// <param name="client">Asks it.</param>
    private protected SpansById(JsonClient client) => Client = client;

    /// <inheritdoc/>
    public string Name => Client.Name;

    /// <inheritdoc/>
    public virtual IEnumerable<string> Notes => [Client.NotTried];

    /// <inheritdoc/>
    public int? MostTraces => Most;

    /// <inheritdoc/>
    public string? OtherWay => "search";

    /// <summary>What asks the platform.</summary>
    private protected JsonClient Client { get; }

    /// <inheritdoc/>
    public abstract Task<string> ConnectAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task<FoundTrace> FindAsync(IReadOnlyList<SeenSpan> trace, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SeenSpan> ReadAsync(
        RunExpectation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _halves = 0;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = new Queue<Task<List<SeenSpan>>>(AtOnce);
        try
        {
            foreach (var trace in run.Traces)
            {
                if (asked.Count == AtOnce)
                {
                    foreach (var span in await asked.Dequeue())
                    {
                        yield return span;
                    }
                }

                asked.Enqueue(AskInFullAsync(trace.TraceId, end.Token));
            }

            while (asked.TryDequeue(out var answer))
            {
                foreach (var span in await answer)
                {
                    yield return span;
                }
            }
        }
        finally
        {
            // After a failure, what else is asked is of no use.
            await end.CancelAsync();
            await Task.WhenAll(asked).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The span by which search may find a trace: the first of a service.</summary>
    /// <param name="trace">Its spans.</param>
    private protected static (string Service, long Start)? EntryOf(IReadOnlyList<SeenSpan> trace)
    {
        var ofServices = trace.Where(span => SpanKeys.ServiceOf(span.Key).Length > 0).OrderBy(span => span.Start).Take(1).ToList();
        return ofServices is [var first] ? (SpanKeys.ServiceOf(first.Key), first.Start) : null;
    }

    /// <summary>Asks for the spans of a trace.</summary>
    /// <param name="id">Its id in digits.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>None when there is no such trace.</returns>
    private protected abstract Task<List<SeenSpan>> AskAsync(string id, CancellationToken cancellationToken);

    /// <summary>Asks for a trace, and where it is not there, whether there is one by the second half of its id.</summary>
    private async Task<List<SeenSpan>> AskInFullAsync(string id, CancellationToken cancellationToken)
    {
        var spans = await AskAsync(id, cancellationToken);
        if (spans.Count > 0 || Volatile.Read(ref _halves) >= MostHalves)
        {
            return spans;
        }

        spans = await AskAsync(id[16..], cancellationToken);
        if (spans.Count == 0)
        {
            Interlocked.Increment(ref _halves);
        }

        return spans;
    }
}
