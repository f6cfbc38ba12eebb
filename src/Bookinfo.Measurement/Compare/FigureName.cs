namespace Bookinfo.Measurement;

/// <summary>The figures that are compared, by their names in files and on the command line.</summary>
public static class FigureName
{
    /// <summary>The median of a latency.</summary>
    public const string P50 = "p50";

    /// <summary>Its 90th percentile.</summary>
    public const string P90 = "p90";

    /// <summary>Its 99th percentile.</summary>
    public const string P99 = "p99";

    /// <summary>Its 99.9th percentile.</summary>
    public const string P999 = "p99.9";

    /// <summary>Its mean; not tested, as a few slow requests decide it.</summary>
    public const string Mean = "mean";

    /// <summary>Requests that failed or were not sent, in percent of those that fell due.</summary>
    public const string Errors = "errors";

    /// <summary>The rate that was achieved; not tested.</summary>
    public const string Achieved = "achieved";

    /// <summary>Processor time for 1,000 requests, sidecars included.</summary>
    public const string Cpu = "cpu";

    /// <summary>The part of it that is the sidecars'.</summary>
    public const string SidecarCpu = "sidecar-cpu";

    /// <summary>Memory, sidecars included; not tested, as what a service holds in one round it holds in the next.</summary>
    public const string Memory = "memory";

    /// <summary>Those of a latency.</summary>
    public static IReadOnlyList<string> OfLatency { get; } = [P50, P90, P99, P999, Mean];

    /// <summary>Those that are tested, and that a condition may be about.</summary>
    public static IReadOnlyList<string> Tested { get; } = [P50, P90, P99, P999, Errors, Cpu];

    /// <summary>The share of values that lies above a percentile; <see langword="null"/> for other figures.</summary>
    /// <param name="figure">One of these names.</param>
    public static double? ShareAbove(string figure) => figure switch
    {
        P50 => 0.5,
        P90 => 0.1,
        P99 => 0.01,
        P999 => 0.001,
        _ => null,
    };
}
