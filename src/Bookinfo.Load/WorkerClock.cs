namespace Bookinfo.Load;

/// <summary>What a worker's clock shows.</summary>
/// <param name="Now">The time.</param>
internal sealed record WorkerClock(DateTimeOffset Now);
