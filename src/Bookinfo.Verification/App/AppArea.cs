using Bookinfo.Contracts;

namespace Bookinfo.Verification;

/// <summary>A part of the wire contract that has a line of its own in the report.</summary>
/// <param name="Name">What the line is called.</param>
/// <param name="Kind">What it means when the application is not as it must be there.</param>
public sealed record AppArea(string Name, FindingKind Kind)
{
    /// <summary>The pages of productpage, and what belongs to them.</summary>
    public static AppArea Pages { get; } = new("pages", FindingKind.ContractBroken);

    /// <summary>The API of productpage.</summary>
    public static AppArea Api { get; } = new("API", FindingKind.ContractBroken);

    /// <summary>Signing in and out.</summary>
    public static AppArea SignIn { get; } = new("signing in and out", FindingKind.ContractBroken);

    /// <summary>Requests that every service turns away.</summary>
    public static AppArea Refusals { get; } = new("refused requests", FindingKind.ContractBroken);

    /// <summary>Which versions of reviews are served, and how often.</summary>
    public static AppArea Versions { get; } = new("versions of reviews", FindingKind.VersionNotServed);

    /// <summary>What becomes of the headers that a request brings.</summary>
    public static AppArea Headers { get; } = new("headers passed on", FindingKind.HeaderLost);

    /// <summary>What probes ask for.</summary>
    public static AppArea Probes { get; } = new("probes", FindingKind.ProbeFailing);

    /// <summary>What is scraped.</summary>
    public static AppArea Metrics { get; } = new("/metrics", FindingKind.MetricMissing);

    /// <summary>How long the parts of an answer took.</summary>
    public static AppArea Timing { get; } = new("Server-Timing", FindingKind.TimingMissing);

    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<AppArea> All { get; } =
    [
        Pages, Api, SignIn,
        .. ServiceCatalog.All.Where(service => service != ServiceCatalog.ProductPage).Select(service => Of(service.Name)),
        Refusals, Versions, Headers, Probes, Metrics, Timing,
    ];

    /// <summary>What a service behind productpage answers.</summary>
    /// <param name="service">The service.</param>
    public static AppArea Of(string service) => new(service, FindingKind.ContractBroken);
}
