using Bookinfo.Testing;
using Bookinfo.Verification;

namespace Telemetry.Tests;

/// <summary>
/// The faults that are injected by the id of the product: those that begin with 1 by details and ratings, those that begin with 2 by
/// reviews.
/// </summary>
internal static class InjectedFaults
{
    private static readonly Dictionary<string, Fault> Faults = new()
    {
        ["503"] = Fault.Answer(503),
        ["404"] = Fault.Answer(404),
        ["302"] = Fault.Answer(302),
        ["999"] = Fault.Hang,
        ["998"] = Fault.HangInBody,
        ["997"] = Fault.Close,
        ["996"] = Fault.NoHttp,
        ["995"] = Fault.CloseInBody,
    };

    /// <summary>The ids of details and ratings that get an answer, or the end of the connection, at once.</summary>
    public static IReadOnlyList<string> Quick { get; } = ["1503", "1404", "1302", "1997", "1996", "1995"];

    /// <summary>The ids of details and ratings that hang.</summary>
    public static IReadOnlyList<string> Slow { get; } = ["1999", "1998"];

    /// <summary>The same for reviews.</summary>
    public static IReadOnlyList<string> QuickOfReviews { get; } = ["2503", "2404", "2302", "2997", "2996", "2995"];

    /// <summary>The same for reviews.</summary>
    public static IReadOnlyList<string> SlowOfReviews { get; } = ["2999", "2998"];

    /// <summary>What happens to a call.</summary>
    /// <param name="process">Who is called.</param>
    /// <param name="id">The product.</param>
    public static Fault? Of(string process, string id) => process switch
    {
        "details-v1" or "ratings-v1" when id.Length == 4 && id[0] == '1' => Faults.GetValueOrDefault(id[1..]),
        // When ratings hangs, v3 gives up after 2.5 s and productpage after 3 s. Which of the two comes first must not be left to chance.
        "reviews-v3" when Slow.Contains(id) => Fault.Hang,
        "reviews-v1" or "reviews-v2" or "reviews-v3" when id.Length == 4 && id[0] == '2' => Faults.GetValueOrDefault(id[1..]),
        _ => null,
    };

    /// <summary>What a fault is to the model.</summary>
    public static TryTrouble? TroubleOf(Fault? fault) => fault is null ? null : new TryTrouble(OutcomeOf(fault))
    {
        IsServed = fault.Kind == FaultKind.Replace,
        Hangs = fault.Kind is FaultKind.Hang or FaultKind.HangInBody,
        MayBeRepeated = fault.Kind == FaultKind.Close,
    };

    public static TryTrouble? TroubleOf(string process, string id, int triesBefore) => TroubleOf(Of(process, id));

    public static Fault? Rule(string process, RecordedRequest request) =>
        Of(process, request.Target[(request.Target.LastIndexOf('/') + 1)..]);

    private static CallOutcome OutcomeOf(Fault fault) => fault.Kind switch
    {
        FaultKind.Answer or FaultKind.Replace => CallOutcome.Answered(fault.Status!.Value),
        FaultKind.Hang => CallOutcome.TimedOut,
        // The head has said 200 already.
        FaultKind.HangInBody => new("200", "timeout"),
        FaultKind.Close => new("", "response_ended"),
        FaultKind.CloseInBody => new("200", "response_ended"),
        FaultKind.NoHttp => new("", "invalid_response"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
