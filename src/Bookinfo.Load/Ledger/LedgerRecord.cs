namespace Bookinfo.Load;

/// <summary>A request in a ledger. Times are in nanoseconds, counted from the start of the run.</summary>
/// <param name="Identity">The trace context that it was sent with.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Duration">How long it took from when it was sent.</param>
/// <param name="Hops">The times of the hops that its answer reports, in the order of <see cref="LedgerLayout.Hops"/>.</param>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Request">The index in <see cref="LedgerHeader.Requests"/> of what was sent.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Version">
/// The number of the version that the answer came from, in <see cref="LedgerHeader.Versions"/>; 0 when it does not say.
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
    /// <summary>Makes the record of a request.</summary>
    /// <param name="sample">The request.</param>
    /// <param name="identities">The source of the run's trace ids.</param>
    public static LedgerRecord From(in Sample sample, IndexedRandom identities) => new(
        RequestIdentity.Of(identities, sample.Index), sample.Due, sample.Sent, sample.Done - sample.Sent, sample.Hops, sample.Status,
        sample.Template,
        sample.Error, sample.Version, sample.WasAwaited);
}
