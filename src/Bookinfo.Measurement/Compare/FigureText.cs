using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>Figures of a comparison as text, in the units of the tables.</summary>
public static class FigureText
{
    /// <summary>The verdict on a figure that is not tested.</summary>
    public const string NotTested = "not tested";

    /// <summary>The unit.</summary>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    public static string Unit(string figure) => figure switch
    {
        FigureName.Errors => "%",
        FigureName.Achieved => "/s",
        FigureName.Memory => "MiB",
        _ => "ms",
    };

    /// <summary>The unit of a difference, as it follows the number.</summary>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    public static string UnitOfDifference(string figure) => figure == FigureName.Errors ? "percentage points" : Unit(figure);

    /// <summary>How many of a figure's own units make one unit of the tables.</summary>
    /// <param name="figure">One of <see cref="FigureName"/>.</param>
    public static double Scale(string figure) => figure switch
    {
        FigureName.Errors or FigureName.Achieved => 1,
        FigureName.Memory => 1 << 20,
        FigureName.Cpu or FigureName.SidecarCpu => 1e-3,
        _ => 1e3,
    };

    /// <summary>A value without its unit.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="value">The value, in the figure's own unit.</param>
    public static string Value(FigureComparison figure, double value) => Figures.Number(value / Scale(figure.Figure));

    /// <summary>The difference, with its sign.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="withUnit">Whether to add the unit.</param>
    public static string Signed(FigureComparison figure, bool withUnit = false) =>
        Sign(figure.Difference / Scale(figure.Figure)) + (withUnit ? $" {UnitOfDifference(figure.Figure)}" : "");

    /// <summary>The difference of a latency in words.</summary>
    /// <param name="figure">The figure.</param>
    public static string Longer(FigureComparison figure) =>
        $"{Figures.Number(Math.Abs(figure.Difference) / Scale(figure.Figure))} {Unit(figure.Figure)} "
        + $"{(figure.Difference < 0 ? "less" : "longer")}";

    /// <summary>The difference with half the width of its interval.</summary>
    /// <param name="figure">The figure.</param>
    public static string WithMargin(FigureComparison figure)
    {
        var difference = figure.Difference / Scale(figure.Figure);
        return figure.High is { } high
            ? string.Create(
                CultureInfo.InvariantCulture, $"{Sign(difference)} ±{Figures.Number((high - figure.Difference) / Scale(figure.Figure))}")
            : Sign(difference);
    }

    /// <summary>The difference in percent of what it was before.</summary>
    /// <param name="figure">The figure.</param>
    public static string Percent(FigureComparison figure) => figure.Before == 0
        ? Figures.Unknown
        : string.Create(CultureInfo.InvariantCulture, $"{figure.Percent:+0;-0;0}%");

    /// <summary>The verdict.</summary>
    /// <param name="figure">The figure.</param>
    public static string Verdict(FigureComparison figure) => figure.Verdict switch
    {
        Measurement.Verdict.NotTested => NotTested,
        Measurement.Verdict.Same => $"no more than {Figures.Number(figure.Bound!.Value / Scale(figure.Figure))}",
        Measurement.Verdict.Inconclusive => $"inconclusive: {figure.Reason}",
        _ => $"{Signed(figure, withUnit: figure.Figure != FigureName.Errors)}{(figure.Figure == FigureName.Errors ? " points" : "")}",
    };

    /// <summary>Its name in a table.</summary>
    /// <param name="figure">The figure.</param>
    public static string Name(FigureComparison figure) => $"{figure.Subject} {figure.Figure}";

    private static string Sign(double value)
    {
        var text = Figures.Number(Math.Abs(value));
        return $"{(value < 0 ? "-" : "+")}{text}";
    }
}

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

    /// <summary>Its mean; not tested, because a few slow requests decide it.</summary>
    public const string Mean = "mean";

    /// <summary>Requests that failed or were not sent, in percent of those that fell due.</summary>
    public const string Errors = "errors";

    /// <summary>The rate that was achieved; not tested.</summary>
    public const string Achieved = "achieved";

    /// <summary>Processor time per 1,000 requests, sidecars included.</summary>
    public const string Cpu = "cpu";

    /// <summary>The sidecars' part of that processor time.</summary>
    public const string SidecarCpu = "sidecar-cpu";

    /// <summary>Memory, sidecars included; not tested, because what a service holds in one round it still holds in the next.</summary>
    public const string Memory = "memory";

    /// <summary>The figures of a latency.</summary>
    public static IReadOnlyList<string> OfLatency { get; } = [P50, P90, P99, P999, Mean];

    /// <summary>The figures of a latency that are compared in turns.</summary>
    public static IReadOnlyList<string> OfPairs { get; } = [P50, P90, P99];

    /// <summary>The figures of what a service used.</summary>
    public static IReadOnlyList<string> OfUse { get; } = [Cpu, SidecarCpu, Memory];

    /// <summary>Why a figure of what a service used is not tested; <see langword="null"/> for one that is.</summary>
    /// <param name="figure">One of <see cref="OfUse"/>.</param>
    public static string? WhyNotTested(string figure) => figure switch
    {
        SidecarCpu => "it is part of cpu",
        Memory => "what is held in one round is held in the next",
        _ => null,
    };

    /// <summary>The figures that are tested, and that a condition may name.</summary>
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
