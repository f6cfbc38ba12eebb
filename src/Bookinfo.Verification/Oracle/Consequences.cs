namespace Bookinfo.Verification;

/// <summary>What visits must lead to, by <see cref="CallGraph"/> and the troubles on the way.</summary>
/// <param name="versionsTried">The one thing that a model cannot know: which versions of reviews the calls for a request went to.</param>
/// <param name="troubles">
/// What happens to a try, by the name of the process, the id of the product and how many tries went before; <see langword="null"/> when
/// nothing does.
/// </param>
/// <param name="refused">The services on whose ports nobody listens.</param>
/// <exception cref="InvalidOperationException">The versions that were tried do not fit the visit: thrown when it is looked at.</exception>
public sealed class Consequences(
    ILookup<string, string> versionsTried, Func<string, string, int, TryTrouble?>? troubles = null, params string[] refused)
{
    /// <summary>On a connection that was idle, the HTTP client sends a request again up to three times.</summary>
    private const int RequestsInTry = 4;

    private readonly Func<string, string, int, TryTrouble?> _troubles = troubles ?? ((_, _, _) => null);

    /// <summary>
    /// Whether tries that failed may have gone before the one that gave the answer: nobody outside sees those.
    /// </summary>
    public bool MayHideTries { get; init; }

    /// <summary>The spans of a page view without trouble, for each version of reviews that it may come to.</summary>
    public static List<string> TreesOfPage() =>
    [
        .. CallGraph.VersionsOf("reviews").Select(version =>
            new Consequences(new[] { version }.ToLookup(_ => "any")).Of(Visit.Page, "any").ToSpans()),
    ];

    /// <summary>What a visit leads to.</summary>
    /// <param name="visit">The visit.</param>
    /// <param name="requestId">Its x-request-id.</param>
    public ExpectedRequest Of(Visit visit, string requestId)
    {
        var (service, version) = (visit.Process.Split('-')[0], visit.Process.Split('-')[1]);
        if (visit.Status is { } status)
        {
            return new ExpectedRequest(service, version, visit.Method, visit.Route, status, []);
        }

        var route = CallGraph.RouteOf(service, visit.Route);
        if (!visit.Leaves)
        {
            return Answer(route, version, visit.Method, IdIn(visit), requestId, patience: double.PositiveInfinity);
        }

        // Nobody waits for the answer of the first try, so there is no second.
        Require(versionsTried[requestId].Count() == 1, $"{requestId}: left, and tried {versionsTried[requestId].Count()} times.");
        return new ExpectedRequest(
            service, version, visit.Method, visit.Route, ExpectedRequest.Left,
            [
                new ExpectedCall(
                    route.CallsBy(version).Single().Service, route.AsksForIdOfVisitor, [new ExpectedTry(CallOutcome.Cancelled())]),
            ]);
    }

    /// <param name="patience">How many seconds whoever asked waits for the answer.</param>
    private ExpectedRequest Answer(
        AnsweredRoute route, string version, string method, string id, string requestId, double patience)
    {
        if (route.NoNumber is { } noNumber && !id.All(char.IsAsciiDigit))
        {
            return new ExpectedRequest(route.Service, version, method, route.Route, noNumber, []);
        }

        var calls = new List<ExpectedCall>();
        var isLeft = false;
        foreach (var call in route.CallsBy(version).TakeWhile(_ => route.AtOnce || !isLeft))
        {
            var tries = TriesOf(call, id, requestId, patience);
            calls.Add(new ExpectedCall(call.Service, route.AsksForIdOfVisitor, tries)
            {
                HiddenTries = MayHideTries ? call.Tries - tries.Count : 0,
            });
            isLeft |= calls[^1].Outcome.IsCancelled;
        }

        var status = isLeft ? ExpectedRequest.Left : route.PassesOn ? calls[^1].Outcome.StatusCode ?? 500 : 200;
        return new ExpectedRequest(route.Service, version, method, route.Route, status, calls);
    }

    private List<ExpectedTry> TriesOf(MadeCall call, string id, string requestId, double patience)
    {
        var only = CallGraph.VersionsOf(call.Service) is [var version] ? version : null;
        var tried = only is null ? versionsTried[requestId].ToList() : [];
        if (tried is [var first, ..] && _troubles($"{call.Service}-{first}", id, 0) is { MayBeRepeated: true })
        {
            // There may be more requests than tries here; and it does not matter whom they went to.
            Require(
                tried.Count >= call.Tries && tried.Count <= RequestsInTry * call.Tries,
                $"{requestId}: {id} was asked for {tried.Count} times.");
            tried = tried[..call.Tries];
        }

        var tries = new List<ExpectedTry>();
        do
        {
            Require(only is not null || tries.Count < tried.Count, $"{requestId}: {id} was tried {tried.Count} times.");
            tries.Add(Try(call, only ?? tried[tries.Count], id, requestId, tries.Count, patience));
        }
        while (tries.Count < call.Tries && tries[^1].Outcome is { IsCancelled: false, StatusCode: not 200 } outcome
            && outcome != CallOutcome.Unknown);

        Require(only is not null || tries.Count == tried.Count, $"{requestId}: {id} was tried {tried.Count} times.");
        return tries;
    }

    private ExpectedTry Try(MadeCall call, string version, string id, string requestId, int triesBefore, double patience)
    {
        if (refused.Contains(call.Service))
        {
            return new ExpectedTry(CallOutcome.Refused);
        }

        var trouble = _troubles($"{call.Service}-{version}", id, triesBefore);
        if (trouble is { Hangs: true } && call.Seconds > patience)
        {
            // Whoever asked the caller does not wait for as long as the caller waits here.
            return new ExpectedTry(CallOutcome.Cancelled(trouble.Outcome.Status));
        }

        if (trouble is { IsServed: false })
        {
            return new ExpectedTry(trouble.Outcome) { MayBeServed = trouble.MayBeServed };
        }

        var served = Answer(CallGraph.RouteOf(call.Service), version, "GET", id, requestId, Math.Min(patience, call.Seconds));
        var outcome = served.Status == ExpectedRequest.Left
            ? call.Seconds < patience ? CallOutcome.TimedOut : CallOutcome.Cancelled()
            : trouble?.Outcome ?? CallOutcome.Answered(served.Status);
        return new ExpectedTry(outcome, served);
    }

    /// <summary>The id in the target of a visit; the page is that of product 0.</summary>
    private static string IdIn(Visit visit)
    {
        var segment = visit.Route.Split('/').IndexOf("{id}");
        return segment < 0 ? "0" : visit.Target.Split('?')[0].Split('/')[segment];
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
