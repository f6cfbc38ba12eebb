using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>What the services must have counted after some visits, with the faults of these tests in between.</summary>
/// <param name="versionsTried">The versions of reviews that were tried, by the x-request-id of the visit.</param>
/// <param name="refused">The services on whose ports nobody listens.</param>
internal sealed class ExpectedVisits(ILookup<string, string> versionsTried, params string[] refused)
{
    private readonly Consequences _consequences = new(versionsTried, InjectedFaults.TroubleOf, refused);

    public ExpectedCounts Counts { get; } = new();

    /// <summary>What a single visit must have counted.</summary>
    public static ExpectedCounts Of(TelemetrySystem system, Visit visit, string requestId, params string[] refused)
    {
        var visits = new ExpectedVisits(system.VersionsTried(), refused);
        visits.Add(visit, requestId);
        return visits.Counts;
    }

    /// <summary>Adds what a visit leads to.</summary>
    /// <param name="visit">The visit.</param>
    /// <param name="requestId">Its x-request-id.</param>
    /// <returns>The status that the visitor sees.</returns>
    public int Add(Visit visit, string requestId)
    {
        if (visit.Target is "/health" or "/metrics" or "/health/live")
        {
            // The platform's own requests are in no figure.
            return 200;
        }

        var request = _consequences.Of(visit, requestId);
        Counts.Add(request);
        return request.Status;
    }
}
