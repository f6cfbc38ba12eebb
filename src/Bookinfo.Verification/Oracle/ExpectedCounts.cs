using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>
/// What each service and each edge must have counted after some requests: the sum of their <see cref="Consequences"/>, which are made from
/// the contract and not from the services' code.
/// </summary>
public sealed class ExpectedCounts
{
    /// <summary>The methods that metrics tell apart; all others are one.</summary>
    private static readonly HashSet<string> Methods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"];

    /// <summary>Requests served.</summary>
    public Counts<ServedKey> Served { get; } = new();

    /// <summary>Lines of the access log: the same, but with the method as the visitor wrote it.</summary>
    public Counts<ServedKey> Logged { get; } = new();

    /// <summary>Tries of calls.</summary>
    public Counts<TriedKey> Tried { get; } = new();

    /// <summary>Tries in which the backend failed, which are logged.</summary>
    public Counts<TriedKey> Failed { get; } = new();

    /// <summary>Finished calls of productpage, as the original counts them.</summary>
    public Counts<ResultKey> Results { get; } = new();

    /// <summary>How many spans there are: one for each request served and one for each try.</summary>
    public CountRange Spans => Served.Total + Tried.Total;

    /// <summary>How many lines are logged: one for each request served and one for each try that failed.</summary>
    public CountRange Lines => Logged.Total + Failed.Total;

    /// <summary>Adds what requests must have left, or may have.</summary>
    /// <param name="fate">What became of them.</param>
    /// <param name="times">How many there were.</param>
    public void Add(RequestFate fate, long times = 1)
    {
        if (fate.Request is { } request)
        {
            Add(request, times);
        }
        else if (fate.IsUnknown)
        {
            AddPossible(fate.Route!, fate.Version, fate.Method, times);
        }
    }

    /// <summary>Adds what a request must have left.</summary>
    /// <param name="request">The request.</param>
    /// <param name="times">How many there were of it.</param>
    public void Add(ExpectedRequest request, long times = 1)
    {
        var status = request.Status.ToString(CultureInfo.InvariantCulture);
        AddServed(request.Service, request.Version, request.Method, request.Route, status, CountRange.Exactly(times));
        foreach (var call in request.Calls)
        {
            // A call that its caller's visitor has left has no result and counts none.
            if (request.Service == CallGraph.Page && !call.Outcome.IsCancelled)
            {
                var result = call.Outcome == CallOutcome.Unknown ? KeyPattern.Any : Text(call.Outcome.StatusCode ?? 500);
                Results.Add(new ResultKey(call.Service, result), times);
            }

            if (call.HiddenTries > 0)
            {
                var hidden = CountRange.AtMost(call.HiddenTries * times);
                AddTry(request, call, CallOutcome.SomeFailure, hidden);
                if (call.Outcome == CallOutcome.Unknown)
                {
                    AddPossible(CallGraph.RouteOf(call.Service), KeyPattern.Any, "GET", hidden.High);
                }
                else
                {
                    // What answers such a try with an error has not come to make calls of its own.
                    AddServed(
                        call.Service, KeyPattern.Any, "GET", CallGraph.RouteOf(call.Service).Route, KeyPattern.Failed, hidden);
                }
            }

            foreach (var attempt in call.Tries)
            {
                AddTry(request, call, attempt.Outcome, CountRange.Exactly(times));
                if (attempt.Served is { } served)
                {
                    Add(served, times);
                }
                else if (attempt.MayBeServed)
                {
                    AddPossible(CallGraph.RouteOf(call.Service), KeyPattern.Any, "GET", times);
                }
            }
        }
    }

    /// <summary>Adds what requests may have left of which nobody knows whether they came there, and how they ended.</summary>
    /// <param name="route">What was asked for.</param>
    /// <param name="version">The version that was asked, if that is known.</param>
    /// <param name="method">The method.</param>
    /// <param name="times">How many there were at most.</param>
    public void AddPossible(AnsweredRoute route, string version, string method, long times)
    {
        AddServed(route.Service, version, method, route.Route, KeyPattern.Any, CountRange.AtMost(times));
        foreach (var call in route.CallsBy(version))
        {
            var tries = CountRange.AtMost(call.Tries * times);
            Tried.Add(new TriedKey(route.Service, version, call.Service, "GET", KeyPattern.Any, KeyPattern.Any), tries);
            Failed.Add(new TriedKey(route.Service, version, call.Service, "GET", KeyPattern.Any, KeyPattern.Failed), tries);
            if (route.Service == CallGraph.Page)
            {
                Results.Add(new ResultKey(call.Service, KeyPattern.Any), CountRange.AtMost(times));
            }

            AddPossible(CallGraph.RouteOf(call.Service), KeyPattern.Any, "GET", call.Tries * times);
        }
    }

    private void AddServed(string service, string version, string method, string route, string status, CountRange times)
    {
        Served.Add(new ServedKey(service, version, Methods.Contains(method) ? method : "_OTHER", route, status), times);
        Logged.Add(new ServedKey(service, version, method, route, status), times);
    }

    private void AddTry(ExpectedRequest caller, ExpectedCall call, CallOutcome outcome, CountRange times)
    {
        var key = new TriedKey(caller.Service, caller.Version, call.Service, "GET", outcome.Status, outcome.ErrorType);
        Tried.Add(key, times);
        if (outcome.IsFailureOfBackend(call.IdOfVisitor))
        {
            Failed.Add(
                key with { Error = outcome == CallOutcome.Unknown ? KeyPattern.Failed : outcome.LoggedError },
                outcome == CallOutcome.Unknown ? CountRange.AtMost(times.High) : times);
        }
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
