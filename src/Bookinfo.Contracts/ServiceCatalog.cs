namespace Bookinfo.Contracts;

/// <summary>
/// The services that exist, with their versions, ports, routes and calls to each other, all in one table. Hops, the names in
/// <c>Server-Timing</c>, the columns of load, baseline and compare, what may be missing in a page, and where and how a service is called
/// follow from it.
/// </summary>
/// <param name="services">The services, each before those that call it.</param>
public sealed class ServiceCatalog(IReadOnlyList<ServiceDefinition> services)
{
    /// <summary>The port that every service listens on in a cluster, and elsewhere by default.</summary>
    public const int ServicePort = 9080;

    /// <summary>Book details; calls no other service (details-v2 calls the external book service).</summary>
    public static ServiceDefinition Details { get; } = new("details", "Bookinfo.Details", [], [Version("details", "v1", 9081)])
    {
        Routes = [ServiceRoute.Read("/details/{id?}")],
    };

    /// <summary>Star ratings; calls no other service.</summary>
    public static ServiceDefinition Ratings { get; } = new("ratings", "Bookinfo.Ratings", [], [Version("ratings", "v1", 9082)])
    {
        Routes = [new ServiceRoute("/ratings/{id?}", HttpMethodNames.Get, HttpMethodNames.Head, HttpMethodNames.Post)],
    };

    /// <summary>Reviews in three versions of one program: v1 without stars, v2 with black and v3 with red ones.</summary>
    public static ServiceDefinition Reviews { get; } = new("reviews", "Bookinfo.Reviews",
    [
        // Short enough for productpage's 3 s. With black stars (v2) it is CallPolicy.BlackReviewsToRatings, which is not: the bug of the
        // tutorials, fixed in v3.
        new ServiceCall("ratings", CallPolicy.Once(2.5), PageTexts.RatingsMissing),
    ],
    [
        Version("reviews", "v1", 9083, (SettingNames.EnableRatings, "false")),
        Version("reviews", "v2", 9084, (SettingNames.EnableRatings, "true"), (SettingNames.StarColor, "black")),
        Version("reviews", "v3", 9085, (SettingNames.EnableRatings, "true"), (SettingNames.StarColor, "red")),
    ])
    {
        Routes = [ServiceRoute.Read("/reviews/{id}")],
    };

    /// <summary>The page that visitors see; calls details and reviews, and ratings for its API.</summary>
    public static ServiceDefinition ProductPage { get; } = new("productpage", "Bookinfo.ProductPage",
    [
        new ServiceCall("details", CallPolicy.Once(3), PageTexts.DetailsMissing),
        // The second try is the original's deliberate bug: with the 7 s delay that the fault injection tutorial puts in front of ratings,
        // the page gives up after 6 s although reviews (10 s) would still have answered.
        new ServiceCall("reviews", CallPolicy.AtMostTwice(3), PageTexts.ReviewsMissing),
        new ServiceCall("ratings", CallPolicy.Once(3)),
    ],
    [
        Version("productpage", "v1", 30080),
    ])
    {
        Routes =
        [
            ServiceRoute.Read("/productpage"),
            ServiceRoute.Read("/"),
            ServiceRoute.Read("/index.html"),
            ServiceRoute.Read("/static/{name}"),
            new ServiceRoute("/login", HttpMethodNames.Post),
            ServiceRoute.Read("/logout"),
            ServiceRoute.Read("/api/v1/products"),
            ServiceRoute.Read("/api/v1/products/{id}"),
            ServiceRoute.Read("/api/v1/products/{id}/reviews"),
            ServiceRoute.Read("/api/v1/products/{id}/ratings"),
        ],
    };

    /// <summary>Bookinfo itself.</summary>
    public static ServiceCatalog Bookinfo { get; } = new([Details, Ratings, Reviews, ProductPage]);

    /// <summary>All services, each before those that call it: the order to start them in; stop them in the reverse.</summary>
    public static IReadOnlyList<ServiceDefinition> All => Bookinfo.Services;

    /// <summary>The names of all services, each followed by those of its versions: <c>reviews</c>, <c>reviews-v1</c> and so on.</summary>
    public static IReadOnlyList<string> ServicesAndVersions { get; } =
        [.. All.SelectMany(service => service.Versions.Select(version => version.Name).Prepend(service.Name))];

    /// <summary>The services, each before those that call it.</summary>
    public IReadOnlyList<ServiceDefinition> Services { get; } = services;

    /// <summary>
    /// The calls whose duration an answer reports, one for each service that is called. If a service has several callers, the one deepest
    /// in the graph counts: it calls for every page, whereas the others call for their API only. Calls made for the page come first.
    /// </summary>
    public IReadOnlyList<ServiceEdge> Hops { get; } =
    [
        .. services.Reverse().SelectMany(caller => caller.Calls).Select(call => call.Service).Distinct()
            .Select(callee => services
                .SelectMany(caller => caller.Calls.Where(call => call.Service == callee)
                    .Select(call => new ServiceEdge(caller.Name, callee, call.Missing)))
                .First()),
    ];

    /// <summary>The texts by which a page says that a part of it is missing.</summary>
    public IReadOnlyList<string> MissingTexts => [.. Hops.Select(edge => edge.Missing).OfType<string>()];

    private static ServiceVersion Version(
        string service, string version, int localPort, params (string Name, string Value)[] environment) =>
        new(
            service,
            version,
            localPort,
            environment.Append((SettingNames.ServiceVersion, version)).ToDictionary(e => e.Item1, e => e.Item2));
}
