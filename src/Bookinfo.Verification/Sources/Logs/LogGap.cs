namespace Bookinfo.Verification;

/// <summary>
/// A time of which lines of a service may be missing for a reason that is not the platform's, such as a process that was killed. What is
/// missing of it is not called lost.
/// </summary>
/// <param name="Service">The service; <see langword="null"/> for any.</param>
/// <param name="Version">Its version; <see langword="null"/> for any.</param>
/// <param name="From">From when lines may be missing, by the clock here.</param>
/// <param name="To">Until when.</param>
/// <param name="Why">Why, in a sentence.</param>
public sealed record LogGap(string? Service, string? Version, DateTimeOffset From, DateTimeOffset To, string Why)
{
    /// <summary>Whether a line of a request may be missing because of it.</summary>
    /// <param name="service">The service whose line it is.</param>
    /// <param name="version">Its version, or a pattern.</param>
    /// <param name="trace">The request.</param>
    internal bool Explains(string service, string version, ExpectedTrace trace) =>
        (Service is null || Service == service) && (Version is null || version is KeyPattern.Any || Version == version)
        && TimeOf(trace.Sent) <= To && TimeOf(trace.Sent + trace.Waited) >= From;

    private static DateTimeOffset TimeOf(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
