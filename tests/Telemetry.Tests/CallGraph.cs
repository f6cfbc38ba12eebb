using Bookinfo.Contracts;

namespace Telemetry.Tests;

/// <summary>
/// Who calls whom: the one place where these tests say it. It is written by hand, from the contract and neither from the services' code
/// nor from their catalog, so that it is wrong when they are. What each visit must leave in counts, spans, lines of the log and
/// <c>Server-Timing</c> follows from it (<see cref="Consequences"/>).
/// </summary>
internal static class CallGraph
{
    /// <summary>What is answered with calls, or called. All else that visitors may ask for takes no call.</summary>
    private static readonly AnsweredRoute[] Routes =
    [
        new("productpage", "/productpage") { AtOnce = true, Calls = [new("details", Seconds: 3), new("reviews", Seconds: 3, Tries: 2)] },
        new("productpage", "/api/v1/products/{id}") { PassesOn = true, Calls = [new("details", Seconds: 3)] },
        new("productpage", "/api/v1/products/{id}/reviews") { PassesOn = true, Calls = [new("reviews", Seconds: 3, Tries: 2)] },
        new("productpage", "/api/v1/products/{id}/ratings") { PassesOn = true, Calls = [new("ratings", Seconds: 3)] },
        new("reviews", "/reviews/{id}", NoNumber: 404)
        {
            Calls = [new("ratings", Seconds: 10, OnlyBy: "v2"), new("ratings", Seconds: 2.5, OnlyBy: "v3")],
        },
        new("details", "/details/{id?}", NoNumber: 400),
        new("ratings", "/ratings/{id?}", NoNumber: 400),
    ];

    /// <summary>The services that another one calls.</summary>
    public static IReadOnlyList<string> Called { get; } = CalledBy(_ => true);

    /// <summary>The services that not only productpage calls: of these it may know by what another one says.</summary>
    public static IReadOnlyList<string> CalledByBackends { get; } = CalledBy(service => service != "productpage");

    /// <summary>How a service answers what visitors ask for.</summary>
    public static AnsweredRoute RouteOf(string service, string route) =>
        Routes.Single(answered => answered.Service == service && answered.Route == route);

    /// <summary>How a service answers the others.</summary>
    public static AnsweredRoute RouteOf(string service) => Routes.Single(answered => answered.Service == service);

    /// <summary>The name of a process, and those of all that must run for its answers to be whole.</summary>
    public static string[] WithBackends(string process)
    {
        var (service, version) = (process.Split('-')[0], process.Split('-')[1]);
        return
        [
            process,
            .. Routes.Where(answered => answered.Service == service).SelectMany(answered => answered.CallsBy(version))
                .SelectMany(call => VersionsOf(call.Service).SelectMany(called => WithBackends($"{call.Service}-{called}"))).Distinct(),
        ];
    }

    /// <summary>The versions of a service.</summary>
    public static IReadOnlyList<string> VersionsOf(string service) =>
        [.. ServiceCatalog.All.Single(known => known.Name == service).Versions.Select(version => version.Version)];

    private static List<string> CalledBy(Predicate<string> caller) =>
    [
        .. Routes.Where(answered => caller(answered.Service))
            .SelectMany(answered => answered.Calls).Select(call => call.Service).Distinct(),
    ];
}

/// <summary>Something that a service answers.</summary>
/// <param name="Service">The service.</param>
/// <param name="Route">The route that it counts under.</param>
/// <param name="NoNumber">
/// The status for an id that is not a number; <see langword="null"/> when it takes none, or calls others for whatever the visitor asks.
/// </param>
internal sealed record AnsweredRoute(string Service, string Route, int? NoNumber = null)
{
    /// <summary>The calls that the answer takes, in the order in which they begin.</summary>
    public IReadOnlyList<MadeCall> Calls { get; init; } = [];

    /// <summary>Whether the calls begin at once; otherwise each begins when the one before it has ended.</summary>
    public bool AtOnce { get; init; }

    /// <summary>Whether the status is that of the call, or 500 where it has none; otherwise it is 200 in any case.</summary>
    public bool PassesOn { get; init; }

    /// <summary>Whether the calls name an id as the visitor chose it.</summary>
    public bool AsksForIdOfVisitor => NoNumber is null && Route.Contains("{id}", StringComparison.Ordinal);

    /// <summary>The calls that a version of the service makes.</summary>
    public IEnumerable<MadeCall> CallsBy(string version) => Calls.Where(call => call.OnlyBy is null || call.OnlyBy == version);
}

/// <summary>A call that an answer takes.</summary>
/// <param name="Service">The service that is called.</param>
/// <param name="Seconds">How long each try may take.</param>
/// <param name="Tries">How often it is tried at most; it is tried again when it was not answered 200.</param>
/// <param name="OnlyBy">The version of the caller that makes it; <see langword="null"/> when all do.</param>
internal sealed record MadeCall(string Service, double Seconds, int Tries = 1, string? OnlyBy = null);
