using Bookinfo.Contracts;

namespace Bookinfo.Verification;

/// <summary>
/// Who calls whom, and by which routes requests are counted: the one place that says so to whatever judges telemetry. It is written by
/// hand, from the contract and neither from the services' code nor from their catalog, so that it shows when those are wrong. What each
/// visit must leave in counts, spans, lines of the log and <c>Server-Timing</c> follows from it (<see cref="Consequences"/>).
/// </summary>
public static class CallGraph
{
    /// <summary>The page that visitors see, whose calls are counted in <c>request_result_total</c> as well.</summary>
    public const string Page = "productpage";

    /// <summary>Stands in a key for a version that is not known.</summary>
    public const string AnyVersion = KeyPattern.Any;

    /// <summary>What is answered with calls, or called.</summary>
    private static readonly AnsweredRoute[] Routes =
    [
        new(Page, "/productpage") { AtOnce = true, Calls = [new("details", Seconds: 3), new("reviews", Seconds: 3, Tries: 2)] },
        new(Page, "/api/v1/products/{id}") { PassesOn = true, Calls = [new("details", Seconds: 3)] },
        new(Page, "/api/v1/products/{id}/reviews") { PassesOn = true, Calls = [new("reviews", Seconds: 3, Tries: 2)] },
        new(Page, "/api/v1/products/{id}/ratings") { PassesOn = true, Calls = [new("ratings", Seconds: 3)] },
        new("reviews", "/reviews/{id}", NoNumber: 404)
        {
            Calls = [new("ratings", Seconds: 10, OnlyBy: "v2"), new("ratings", Seconds: 2.5, OnlyBy: "v3")],
        },
        new("details", "/details/{id?}", NoNumber: 400),
        new("ratings", "/ratings/{id?}", NoNumber: 400),
    ];

    /// <summary>What productpage answers by itself.</summary>
    private static readonly AnsweredRoute[] RoutesWithoutCalls =
    [
        .. new[] { "/", "/index.html", "/api/v1/products", "/login", "/logout", "/static/{name}" }.Select(
            route => new AnsweredRoute(Page, route)),
    ];

    /// <summary>The services that another one calls.</summary>
    public static IReadOnlyList<string> Called { get; } = CalledBy(_ => true);

    /// <summary>The services that not only productpage calls: of these it may know by what another one says.</summary>
    public static IReadOnlyList<string> CalledByBackends { get; } = CalledBy(service => service != Page);

    /// <summary>How a service answers what visitors ask for.</summary>
    /// <param name="service">The service.</param>
    /// <param name="route">The route.</param>
    public static AnsweredRoute RouteOf(string service, string route) =>
        Routes.Single(answered => answered.Service == service && answered.Route == route);

    /// <summary>How a service answers the others.</summary>
    /// <param name="service">The service.</param>
    public static AnsweredRoute RouteOf(string service) => Routes.Single(answered => answered.Service == service);

    /// <summary>The route that a request counts under.</summary>
    /// <param name="path">The path, with its query.</param>
    /// <returns>
    /// The route; one of productpage without a name for a path that nothing answers; <see langword="null"/> for a probe or a scrape, which
    /// is in no figure.
    /// </returns>
    public static AnsweredRoute? FindRoute(string path)
    {
        var segments = path.Split('?')[0].Split('/');
        return segments is ["", "health" or "metrics", ..]
            ? null
            : Routes.Concat(RoutesWithoutCalls).FirstOrDefault(route => IsOf(segments, route.Route.Split('/')))
                ?? new AnsweredRoute(Page, "");
    }

    /// <summary>The name of a process, and those of all that must run for its answers to be whole.</summary>
    /// <param name="process">The process, such as <c>reviews-v2</c>.</param>
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
    /// <param name="service">The service.</param>
    public static IReadOnlyList<string> VersionsOf(string service) =>
        [.. ServiceCatalog.All.Single(known => known.Name == service).Versions.Select(version => version.Version)];

    private static List<string> CalledBy(Predicate<string> caller) =>
    [
        .. Routes.Where(answered => caller(answered.Service))
            .SelectMany(answered => answered.Calls).Select(call => call.Service).Distinct(),
    ];

    private static bool IsOf(string[] path, string[] route) =>
        (path.Length == route.Length || (path.Length == route.Length - 1 && route[^1].EndsWith("?}", StringComparison.Ordinal)))
        && path.Zip(route).All(pair => pair.Second is ['{', ..] ? pair.First.Length > 0 : pair.First == pair.Second);
}

/// <summary>Something that a service answers.</summary>
/// <param name="Service">The service.</param>
/// <param name="Route">The route that it counts under.</param>
/// <param name="NoNumber">
/// The status for an id that is not a number; <see langword="null"/> when it takes none, or calls others for whatever the visitor asks.
/// </param>
public sealed record AnsweredRoute(string Service, string Route, int? NoNumber = null)
{
    /// <summary>The calls that the answer takes, in the order in which they begin.</summary>
    public IReadOnlyList<MadeCall> Calls { get; init; } = [];

    /// <summary>Whether the calls begin at once; otherwise each begins when the one before it has ended.</summary>
    public bool AtOnce { get; init; }

    /// <summary>Whether the status is that of the call, or 500 where it has none; otherwise it is 200 in any case.</summary>
    public bool PassesOn { get; init; }

    /// <summary>Whether the calls name an id as the visitor chose it.</summary>
    public bool AsksForIdOfVisitor => NoNumber is null && Route.Contains("{id}", StringComparison.Ordinal);

    /// <summary>The calls that a version of the service makes; those of all versions, one for each service, when it is not known.</summary>
    /// <param name="version">The version.</param>
    public IEnumerable<MadeCall> CallsBy(string version) => version == CallGraph.AnyVersion
        ? Calls.DistinctBy(call => call.Service)
        : Calls.Where(call => call.OnlyBy is null || call.OnlyBy == version);
}

/// <summary>A call that an answer takes.</summary>
/// <param name="Service">The service that is called.</param>
/// <param name="Seconds">How long each try may take.</param>
/// <param name="Tries">How often it is tried at most; it is tried again when it was not answered 200.</param>
/// <param name="OnlyBy">The version of the caller that makes it; <see langword="null"/> when all do.</param>
public sealed record MadeCall(string Service, double Seconds, int Tries = 1, string? OnlyBy = null);
