namespace Bookinfo.Cli.Load;

/// <summary>Counts of requests.</summary>
/// <param name="Due">Those that fell due.</param>
/// <param name="Sent">Those that were sent.</param>
/// <param name="Good">Those with an answer that had nothing wrong.</param>
/// <param name="Failed">The other ones that were sent.</param>
/// <param name="Unsent">Those that fell due and were never sent.</param>
/// <param name="WaitedForConnection">Those for which no connection was free when they fell due.</param>
/// <param name="Setup">Those that were sent before the start, and are in no other figure.</param>
/// <param name="Bytes">Bytes of bodies that came.</param>
internal sealed record RequestCounts(long Due, long Sent, long Good, long Failed, long Unsent, long WaitedForConnection, long Setup, long Bytes);
