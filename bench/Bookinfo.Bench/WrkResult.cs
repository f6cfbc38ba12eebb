namespace Bookinfo.Bench;

/// <summary>What wrk counted.</summary>
/// <param name="Requests">How many answers came.</param>
/// <param name="Rate">How many a second.</param>
/// <param name="P99">How long the slowest hundredth took at least, from when a request was sent.</param>
internal sealed record WrkResult(long Requests, double Rate, TimeSpan P99);
