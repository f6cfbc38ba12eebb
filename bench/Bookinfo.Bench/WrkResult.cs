namespace Bookinfo.Bench;

/// <summary>What wrk counted.</summary>
/// <param name="Requests">How many answers came.</param>
/// <param name="Rate">How many a second.</param>
internal sealed record WrkResult(long Requests, double Rate);
