namespace Bookinfo.Load;

/// <summary>Requests that are ready to be sent.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Mix">Which, and how often each.</param>
/// <param name="Setup">The requests that were sent to make them; their times are timestamps of the clock.</param>
public sealed record PreparedRequests(LoadTarget Target, TrafficMix Mix, IReadOnlyList<Sample> Setup);
