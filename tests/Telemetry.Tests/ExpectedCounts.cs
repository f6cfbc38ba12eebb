using System.Globalization;

namespace Telemetry.Tests;

/// <summary>
/// What each service and each edge must have counted after some visits: the sum of their <see cref="Consequences"/>, which are made from
/// the contract and not from the services' code.
/// </summary>
/// <param name="versionsTried">As for <see cref="Consequences"/>.</param>
/// <param name="refused">The services on whose ports nobody listens.</param>
internal sealed class ExpectedCounts(ILookup<string, string> versionsTried, params string[] refused)
{
    private readonly Consequences _consequences = new(versionsTried, refused: refused);

    /// <summary>Requests served: <c>service version method route status</c>.</summary>
    public Tally Served { get; } = new();

    /// <summary>Lines of the access log: the same, but with the method as the visitor wrote it.</summary>
    public Tally Logged { get; } = new();

    /// <summary>Tries of calls: <c>service version peer method status error</c>.</summary>
    public Tally Tried { get; } = new();

    /// <summary>Tries in which the backend failed: the same.</summary>
    public Tally Failed { get; } = new();

    /// <summary>Finished calls of productpage, as the original counts them: <c>service status</c>.</summary>
    public Tally Results { get; } = new();

    /// <summary>How many spans there are: one for each request served and one for each try.</summary>
    public long Spans => Served.Total + Tried.Total;

    /// <summary>How many lines are logged: one for each request served and one for each try that failed.</summary>
    public long Lines => Logged.Total + Failed.Total;

    /// <summary>What a single visit must have counted.</summary>
    public static ExpectedCounts Of(TelemetrySystem system, Visit visit, string requestId, params string[] refused)
    {
        var counts = new ExpectedCounts(system.VersionsTried(), refused);
        counts.Add(visit, requestId);
        return counts;
    }

    public static string ServedKey(string service, string version, string? method, string? route, string? status) =>
        $"{service} {version} | {method} {(route is null or "" ? "(none)" : route)} {status}";

    public static string TriedKey(string service, string version, string? peer, string? method, string? status, string? error) =>
        $"{service} {version} -> {peer} | {method} status={status} error={error}";

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
        Add(request);
        return request.Status;
    }

    private void Add(ExpectedRequest request)
    {
        var status = request.Status.ToString(CultureInfo.InvariantCulture);
        var method = request.Method is "BREW" ? "_OTHER" : request.Method;
        Served.Add(ServedKey(request.Service, request.Version, method, request.Route, status));
        Logged.Add(ServedKey(request.Service, request.Version, request.Method, request.Route, status));
        foreach (var call in request.Calls)
        {
            // A call that its caller's visitor has left has no result and counts none.
            if (request.Service == "productpage" && !call.Outcome.IsCancelled)
            {
                Results.Add($"{call.Service} {call.Outcome.StatusCode ?? 500}");
            }

            foreach (var attempt in call.Tries)
            {
                AddTry(request, call, attempt.Outcome);
                if (attempt.Served is { } served)
                {
                    Add(served);
                }
            }
        }
    }

    private void AddTry(ExpectedRequest caller, ExpectedCall call, CallOutcome outcome)
    {
        var key = TriedKey(caller.Service, caller.Version, call.Service, "GET", outcome.Status, outcome.ErrorType);
        Tried.Add(key);
        if (outcome.IsFailureOfBackend(call.IdOfVisitor))
        {
            Failed.Add(key);
        }
    }
}
