namespace Bookinfo.Contracts;

/// <summary>What exists: the one table of services, versions, ports and who calls whom.</summary>
public static class ServiceCatalog
{
    /// <summary>The port that every service listens on in a cluster, and everywhere when nothing else is said.</summary>
    public const int ServicePort = 9080;

    /// <summary>book details; calls nobody (details-v2: the external book service).</summary>
    public static ServiceDefinition Details { get; } = new("details", "Bookinfo.Details", [], [Version("details", "v1", 9081)]);

    /// <summary>Star ratings; calls nobody.</summary>
    public static ServiceDefinition Ratings { get; } = new("ratings", "Bookinfo.Ratings", [], [Version("ratings", "v1", 9082)]);

    /// <summary>Reviews in three versions of one program: v1 without stars, v2 with black and v3 with red ones.</summary>
    public static ServiceDefinition Reviews { get; } = new("reviews", "Bookinfo.Reviews", ["ratings"],
    [
        Version("reviews", "v1", 9083, ("ENABLE_RATINGS", "false")),
        Version("reviews", "v2", 9084, ("ENABLE_RATINGS", "true"), ("STAR_COLOR", "black")),
        Version("reviews", "v3", 9085, ("ENABLE_RATINGS", "true"), ("STAR_COLOR", "red")),
    ]);

    /// <summary>The page that visitors see; calls details and reviews, and ratings for its API.</summary>
    public static ServiceDefinition ProductPage { get; } = new("productpage", "Bookinfo.ProductPage", ["details", "reviews", "ratings"],
        [Version("productpage", "v1", 30080)]);

    /// <summary>All services, each before those that call it: the order to start them in; stop them in the reverse.</summary>
    public static IReadOnlyList<ServiceDefinition> All { get; } = [Details, Ratings, Reviews, ProductPage];

    private static ServiceVersion Version(string service, string version, int localPort, params (string Name, string Value)[] environment) =>
        new(service, version, localPort, environment.Append(("SERVICE_VERSION", version)).ToDictionary(e => e.Item1, e => e.Item2));
}
