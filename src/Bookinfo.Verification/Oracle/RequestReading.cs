using Bookinfo.Load;
using Bookinfo.Traffic;

namespace Bookinfo.Verification;

/// <summary>
/// What requests of a ledger have in common that decides what they leave: a run of a million has some dozens of these, and what follows
/// from each is worked out once.
/// </summary>
/// <param name="Request">The index of what was sent.</param>
/// <param name="Status">The status; 0 when there was no answer.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Version">The number of the version of reviews.</param>
/// <param name="WasRetried">
/// Whether the call that may be tried twice took as long as a try may take: the first try has timed out.
/// </param>
public readonly record struct RequestShape(ushort Request, ushort Status, ErrorKind Error, byte Version, bool WasRetried);

/// <summary>
/// Reads from a record of a ledger what has happened to a request: what the answer shows, by the contract, and what it leaves open.
/// </summary>
/// <param name="header">What the ledger says about its run.</param>
public sealed class RequestReading(LedgerHeader header)
{
    private const string RequestId = "the one";

    /// <summary>Reads what becomes of requests of a shape.</summary>
    /// <param name="shape">The shape.</param>
    public RequestFate Read(RequestShape shape)
    {
        var request = header.Requests[shape.Request];
        if (CallGraph.FindRoute(request.Path) is not { } route || IsNeverSent(shape.Error))
        {
            return new RequestFate(CallGraph.FindRoute(request.Path), null, "", request.Method, IsSent: false);
        }

        // A path counts under its route only for the methods that it takes.
        route = shape.Status == 405 ? new AnsweredRoute(route.Service, "") : route;
        var version = shape.Version == 0 ? null : header.Versions.GetValueOrDefault(shape.Version);
        version = version is BookinfoAnswers.OtherVersion or BookinfoAnswers.NoReviews ? null : version;
        var entry = CallGraph.VersionsOf(route.Service) is [var only] ? only : version ?? CallGraph.AnyVersion;
        var answered = IsLeftOpen(route, shape, version) ? null : Answered(route, entry, request, shape, version);
        return new RequestFate(route, answered, entry, request.Method, IsSent: true);
    }

    private static bool IsNeverSent(ErrorKind error) => error is ErrorKind.Refused or ErrorKind.ConnectTimeout or ErrorKind.Unreachable
        or ErrorKind.Tls or ErrorKind.NoResources;

    /// <summary>
    /// Whether the answer does not tell what the services have done: there is none, or it may be that of somebody in between, or of a
    /// service that had too much to do.
    /// </summary>
    private bool IsLeftOpen(AnsweredRoute route, RequestShape shape, string? version) => shape.Error switch
    {
        ErrorKind.Status => shape.Status > 500
            || (route.Calls.Count > 0 && !route.PassesOn && !IsNoNumber(route, shape))
            || (shape.Status == 500 && !route.PassesOn),
        // Reviews that were shown must be of some version, unless the answer could not be read.
        ErrorKind.None or >= ErrorKind.FirstFlaw => version is null && shape is { Error: ErrorKind.None, Version: 0 }
            && BookinfoAnswers.HasReviews(header.Requests[shape.Request].Path),
        _ => true,
    };

    private bool IsNoNumber(AnsweredRoute route, RequestShape shape) => route.NoNumber == shape.Status
        && !header.Requests[shape.Request].Path.Split('?')[0].Split('/')[^1].All(char.IsAsciiDigit);

    private ExpectedRequest Answered(
        AnsweredRoute route, string entry, LedgerRequest request, RequestShape shape, string? version)
    {
        var visit = new Visit(
            $"{route.Service}-{entry}", request.Method, request.Path, route.Route, route.Calls.Count == 0 ? shape.Status : null);
        var retried = route.Calls.FirstOrDefault(call => call.Tries > 1);
        var failed = header.Errors.GetValueOrDefault((int)shape.Error, "");
        bool IsMissing(string callee) => failed == BookinfoAnswers.FlawOf(route.Service, callee)
            || (route.PassesOn && shape.Error == ErrorKind.Status);

        // A status that is passed on is that of the call; 500 also stands for no answer, and for one with a body that is of no use.
        var isPassedOn = route.PassesOn && shape.Status != 500;
        // The versions of reviews that were tried: of a try that failed nobody knows which. Without reviews there was one try at least: a
        // 200 with a body that is of no use is not tried again.
        var tries = retried is null ? 0
            : shape.WasRetried || (IsMissing(retried.Service) && isPassedOn) ? retried.Tries
            : 1;
        var versions = Enumerable.Range(0, tries)
            .Select(number => number == tries - 1 && !IsMissing(retried!.Service) ? version ?? CallGraph.AnyVersion : CallGraph.AnyVersion);
        return new Consequences(
            versions.ToLookup(_ => RequestId),
            (process, id, before) => TroubleOf(process.Split('-')[0], before))
        {
            MayHideTries = true,
        }.Of(visit, RequestId);

        TryTrouble? TroubleOf(string callee, int before)
        {
            if (route.PassesOn && IsAnsweredByBackend(callee))
            {
                return null;
            }

            if (callee == retried?.Service && before < tries - 1)
            {
                return new TryTrouble(CallOutcome.SomeFailure) { MayBeServed = true };
            }

            if (route.Calls.Any(call => call.Service == callee) && IsMissing(callee))
            {
                return new TryTrouble(isPassedOn ? CallOutcome.Answered(shape.Status) : CallOutcome.Unknown) { MayBeServed = true };
            }

            // An answer names one thing that is missing. What is named hides others: without reviews or details, the rest may lack too.
            return shape.Error >= ErrorKind.FirstFlaw && (callee == "ratings" || IsHidden(callee))
                ? new TryTrouble(CallOutcome.Unknown) { MayBeServed = true }
                : null;
        }

        bool IsHidden(string callee) => callee != "reviews" && !IsMissing(callee) && IsMissing("reviews");

        // Of ids that are not numbers the model itself knows the answer.
        bool IsAnsweredByBackend(string callee) => CallGraph.RouteOf(callee) is { NoNumber: { } status } && status == shape.Status
            && !request.Path.Split('?')[0].Split('/')[route.Route.Split('/').IndexOf("{id}")].All(char.IsAsciiDigit);
    }
}

/// <summary>What became of requests of a shape.</summary>
/// <param name="Route">What they asked for; <see langword="null"/> for what is in no figure.</param>
/// <param name="Request">What must have been served; <see langword="null"/> when nobody knows.</param>
/// <param name="Version">The version of the service that they were sent to.</param>
/// <param name="Method">Their method.</param>
/// <param name="IsSent">Whether they can have come anywhere.</param>
public sealed record RequestFate(AnsweredRoute? Route, ExpectedRequest? Request, string Version, string Method, bool IsSent)
{
    /// <summary>Whether nobody knows if they came there, or how they ended there.</summary>
    public bool IsUnknown => IsSent && Request is null;
}
