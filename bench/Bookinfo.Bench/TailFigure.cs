using System.Globalization;

namespace Bookinfo.Bench;

/// <summary>What else the machine does meanwhile.</summary>
internal enum Surroundings
{
    /// <summary>Nothing.</summary>
    Quiet,

    /// <summary>A <see cref="Neighbor"/> keeps one processor busy.</summary>
    Busy,
}

/// <summary>A percentile of latency at a load.</summary>
/// <param name="Target">What is asked for.</param>
/// <param name="Surroundings">What else the machine does.</param>
/// <param name="Load">The rate as a part of the highest; <see cref="Saturation"/> for as fast as answers come.</param>
/// <param name="Percentile">Which percentile.</param>
internal sealed record TailFigure(string Target, Surroundings Surroundings, double Load, double Percentile)
{
    /// <summary>All connections are busy all the time.</summary>
    public const double Saturation = 1;

    /// <summary>What is measured: a service that calls nobody, and the page with all its calls.</summary>
    public static readonly IReadOnlyList<string> Targets = ["ratings", "page"];

    /// <summary>Whose latencies are compared.</summary>
    public static readonly Implementation[] Compared = [Implementation.Ours, Implementation.Bare];

    /// <summary>The load at which the tail is promised beside the references.</summary>
    public const double Half = 0.5;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TailFigure> All { get; } =
    [
        .. from target in Targets
           from surroundings in Enum.GetValues<Surroundings>()
           from load in new[] { 0.1, Half, 0.8, Saturation }
           from percentile in load == Saturation ? new double[] { 99 } : [50, 99, 99.9]
           select new TailFigure(target, surroundings, load, percentile),
    ];

    /// <summary>Those that are promised, and judged by <c>--check</c>.</summary>
    public static IReadOnlyList<TailFigure> Promised { get; } =
        [.. All.Where(static figure => figure is { Load: Half, Percentile: 99 })];

    /// <summary>The load in words.</summary>
    public string LoadText => Load == Saturation ? "saturated" : string.Create(CultureInfo.InvariantCulture, $"{Load * 100:0}%");

    /// <summary>The name of the latency, in milliseconds.</summary>
    /// <param name="implementation">Whose.</param>
    public string Latency(Implementation implementation) => $"{Name("tail")}/{implementation.ToString().ToLowerInvariant()}";

    /// <summary>The name of the ratio of ours and the bare one's, taken within a round.</summary>
    public string Ratio => Name("tail-ratio");

    /// <summary>Notes the ratio of what was measured last.</summary>
    /// <param name="figures">What was measured.</param>
    public void AddRatio(Figures figures) => figures.AddRatio(Ratio, Latency(Implementation.Ours), Latency(Implementation.Bare));

    private string Name(string kind) => string.Create(
        CultureInfo.InvariantCulture,
        $"{kind}/{Target}/{Surroundings.ToString().ToLowerInvariant()}/{LoadText}/p{Percentile}");
}
