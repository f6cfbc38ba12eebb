using System.Globalization;
using Bookinfo.Testing;

namespace Telemetry.Tests;

/// <summary>
/// A small model of the application, made from its contract and not from its code: what each service and each edge must have counted
/// after some visits.
/// </summary>
/// <param name="versionsTried">The one thing that a model cannot know: which versions of reviews the calls for a request went to.</param>
/// <param name="refused">The services on whose ports nobody listens.</param>
internal sealed class ExpectedCounts(ILookup<string, string> versionsTried, params string[] refused)
{
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

        var parts = visit.Process.Split('-');
        var id = visit.Target[(visit.Target.LastIndexOf('/') + 1)..];
        var status = (parts[0], visit.Route) switch
        {
            ("productpage", "/productpage") when visit.Status is null => Page(requestId),
            ("productpage", "/api/v1/products/{id}") => PassOn(Call("details", id, () => Details(id))),
            ("productpage", "/api/v1/products/{id}/ratings") => PassOn(
                Call("ratings", visit.Target.Split('/')[^2], () => Ratings(visit.Target.Split('/')[^2]))),
            ("productpage", "/api/v1/products/{id}/reviews") => ReviewsOf(visit, requestId),
            ("reviews", "/reviews/{id}") when visit.Status is null => Reviews(parts[1], id),
            _ => visit.Status!.Value,
        };
        Served.Add(ServedKey(parts[0], parts[1], visit.Method is "BREW" ? "_OTHER" : visit.Method, visit.Route, Text(status)));
        Logged.Add(ServedKey(parts[0], parts[1], visit.Method, visit.Route, Text(status)));
        return status;
    }

    private int Page(string requestId)
    {
        Call("details", "0", () => Serve("details", "v1", "/details/{id?}", 200));
        CallReviews("0", requestId);
        return 200;
    }

    private static int PassOn(int? answered) => answered ?? 500;

    private int ReviewsOf(Visit visit, string requestId)
    {
        var id = visit.Target.Split('/')[^2];
        if (!visit.Leaves)
        {
            return PassOn(CallReviews(id, requestId));
        }

        // Nobody waits for the answer of the first try, so there is no second; and the call, which has no result, counts none.
        Assert.Single(versionsTried[requestId]);
        AddTry("productpage", "v1", "reviews", CallOutcome.Cancelled());
        return 499;
    }

    /// <summary>A call of productpage that is tried once.</summary>
    private int? Call(string service, string id, Func<int> serve)
    {
        var outcome = refused.Contains(service)
            ? CallOutcome.Refused
            : InjectedFaults.Of($"{service}-v1", id) is { } fault ? CallOutcome.Of(fault) : CallOutcome.Answered(serve());
        AddTry("productpage", "v1", service, outcome);
        Results.Add($"{service} {outcome.StatusCode ?? 500}");
        return outcome.StatusCode;
    }

    /// <summary>The call of productpage that is tried again when it was not answered 200.</summary>
    private int? CallReviews(string id, string requestId)
    {
        var tried = versionsTried[requestId].ToList();
        if (InjectedFaults.Of("reviews-v1", id) == Fault.Close)
        {
            // On a connection that was idle the HTTP client may repeat the request, because a server that closes one has not seen it (RFC
            // 9112 section 9.3.1). So there may be more requests than tries here; and it does not matter whom they went to.
            Assert.InRange(tried.Count, 2, 8);
            tried = tried[..2];
        }

        CallOutcome? outcome = null;
        foreach (var version in tried)
        {
            Assert.NotEqual(200, outcome?.StatusCode);
            if (InjectedFaults.Of($"reviews-{version}", id) is { } fault)
            {
                outcome = CallOutcome.Of(fault);
            }
            else if (version == "v2" && InjectedFaults.Slow.Contains(id) && !refused.Contains("ratings"))
            {
                // v2 waits longer for ratings than productpage waits for v2.
                outcome = CallOutcome.TimedOut;
                AddTry("reviews", version, "ratings", CallOutcome.Cancelled(CallOutcome.Of(InjectedFaults.Of("ratings-v1", id)!).Status));
                Serve("reviews", version, "/reviews/{id}", 499);
            }
            else
            {
                outcome = CallOutcome.Answered(Serve("reviews", version, "/reviews/{id}", Reviews(version, id)));
            }

            AddTry("productpage", "v1", "reviews", outcome);
        }

        Assert.True(
            tried.Count == 2 || (tried.Count == 1 && outcome?.StatusCode == 200), $"{requestId}: {id} was tried {tried.Count} times.");
        Results.Add($"reviews {outcome!.StatusCode ?? 500}");
        return outcome.StatusCode;
    }

    private int Details(string id) => Serve("details", "v1", "/details/{id?}", IsNumber(id) ? 200 : 400);

    private int Ratings(string id) => Serve("ratings", "v1", "/ratings/{id?}", IsNumber(id) ? 200 : 400);

    private int Reviews(string version, string id)
    {
        if (!IsNumber(id))
        {
            return 404;
        }

        if (version != "v1")
        {
            AddTry("reviews", version, "ratings", refused.Contains("ratings")
                ? CallOutcome.Refused
                : InjectedFaults.Of("ratings-v1", id) is { } fault ? CallOutcome.Of(fault) : CallOutcome.Answered(Ratings(id)));
        }

        return 200;
    }

    private int Serve(string service, string version, string route, int status)
    {
        Served.Add(ServedKey(service, version, "GET", route, Text(status)));
        Logged.Add(ServedKey(service, version, "GET", route, Text(status)));
        return status;
    }

    private void AddTry(string service, string version, string peer, CallOutcome outcome)
    {
        var key = TriedKey(service, version, peer, "GET", outcome.Status, outcome.ErrorType);
        Tried.Add(key);
        // reviews asks for none but numbers, so ratings should know what it is asked.
        if (outcome.IsFailureOfBackend(idOfVisitor: service == "productpage"))
        {
            Failed.Add(key);
        }
    }

    private static bool IsNumber(string id) => id.All(char.IsAsciiDigit);

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
