namespace Bookinfo.Load;

/// <summary>A request in a ledger. Times are in nanoseconds, counted from the start of the run.</summary>
/// <param name="Identity">The trace context that it was sent with.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Duration">How long it took from then.</param>
/// <param name="Hops">What its answer said of the hops, in the order of <see cref="LedgerLayout.Hops"/>.</param>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Request">The index of what was sent in <see cref="LedgerHeader.Requests"/>.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Version">
/// The number of the version that the answer came from, in <see cref="LedgerHeader.Versions"/>; 0 when it does not tell.
/// </param>
/// <param name="WasAwaited">Whether a connection was free when it fell due.</param>
public readonly record struct LedgerRecord(
    RequestIdentity Identity,
    long Due,
    long Sent,
    long Duration,
    HopTimes Hops,
    ushort Status,
    ushort Request,
    ErrorKind Error,
    byte Version,
    bool WasAwaited)
{
    /// <summary>The record of what became of a request.</summary>
    /// <param name="sample">The request.</param>
    /// <param name="identities">What the trace ids of the run come from.</param>
    public static LedgerRecord From(in Sample sample, IndexedRandom identities) => new(
        RequestIdentity.Of(identities, sample.Index), sample.Due, sample.Sent, sample.Done - sample.Sent, sample.Hops, sample.Status, sample.Template,
        sample.Error, sample.Version, sample.WasAwaited);
}
