using Bookinfo.Cli.Terminal;
using Bookinfo.Load;
using Bookinfo.Measurement;

namespace Bookinfo.Cli.Sessions;

/// <summary>What the user asked <c>load</c> for.</summary>
/// <param name="Url">Where to; <see langword="null"/> for what <c>up</c> runs here.</param>
/// <param name="Paths">Which paths; none for the usual mix.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Duration">How long.</param>
/// <param name="Profile">The rate over time.</param>
/// <param name="From">The rate that a ramp or a day begins with; <see langword="null"/> for the usual one.</param>
/// <param name="Peak">The rate in a spike; <see langword="null"/> for the usual one.</param>
/// <param name="Steps">How many steps.</param>
/// <param name="Arrivals">How arrivals lie around the rate.</param>
/// <param name="Seed">Makes what is left to chance repeatable.</param>
/// <param name="Connections">How many connections.</param>
/// <param name="Timeout">How long a request may take.</param>
/// <param name="Insecure">Whether any certificate will do.</param>
/// <param name="Objective">
/// What the p99 must stay under, when the highest rate for that is to be found; else <see langword="null"/>.
/// </param>
/// <param name="FailOn">What must hold for the outcome.</param>
/// <param name="Inconclusive">
/// What a condition that cannot be decided counts as; <see langword="null"/> for an exit code of its own.
/// </param>
/// <param name="Html">The file for the page, if one is to be written.</param>
/// <param name="Ledger">The file for the ledger, if one is to be kept.</param>
/// <param name="Hdr">The file for the log of histograms, if one is to be written.</param>
/// <param name="Overwrite">Whether files that exist may be replaced.</param>
/// <param name="Output">How to write the outcome.</param>
internal sealed record LoadOptions(
    Uri? Url,
    IReadOnlyList<string> Paths,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    double Rate,
    TimeSpan Duration,
    ProfileKind Profile,
    double? From,
    double? Peak,
    int Steps,
    ArrivalProcess Arrivals,
    ulong Seed,
    int Connections,
    TimeSpan Timeout,
    bool Insecure,
    TimeSpan? Objective,
    IReadOnlyList<LoadCondition> FailOn,
    InconclusiveRule? Inconclusive,
    string? Html,
    string? Ledger,
    string? Hdr,
    bool Overwrite,
    OutputFormat Output)
{
    /// <summary>Where in a cluster to send from; <see langword="null"/> to send from here.</summary>
    public LoadWorkers? Workers { get; init; }

    /// <summary>What the profile is made of.</summary>
    public ProfileSettings Shape => new(Profile, Rate, Duration.TotalSeconds, From, Peak, Steps);

    /// <summary>How requests are sent.</summary>
    public RequestSettings Requests => new(Headers, Connections, Timeout, Insecure);
}

/// <summary>Where in a cluster <c>load</c> sends from, and to.</summary>
/// <param name="Count">How many workers.</param>
/// <param name="Image">Their image; <see langword="null"/> for the one that belongs to what is deployed.</param>
/// <param name="Namespace">The namespace of the application, and of the workers; <see langword="null"/> for the usual one.</param>
/// <param name="Context">The context of kubectl's configuration; <see langword="null"/> for the current one.</param>
internal sealed record LoadWorkers(int Count, string? Image, string? Namespace, string? Context);
