using System.Globalization;

namespace Bookinfo.Measurement;

/// <summary>Figures for people. One unit in a column, so that figures can be compared at a glance.</summary>
public static class Figures
{
    /// <summary>What stands for what is not known.</summary>
    public const string Unknown = "-";

    private const double Thousand = 1000;
    private const double Mebi = 1024 * 1024;

    /// <summary>A latency in milliseconds, without the unit.</summary>
    /// <param name="microseconds">The latency.</param>
    public static string Milliseconds(double microseconds) => Number(microseconds / Thousand);

    /// <summary>A latency in milliseconds with half the width of its interval.</summary>
    /// <param name="microseconds">The latency.</param>
    public static string Milliseconds(Estimate microseconds) => WithMargin(microseconds, 1 / Thousand);

    /// <summary>The same, or what stands for a latency that is not known.</summary>
    /// <param name="microseconds">The latency; <see langword="null"/> if it is not known.</param>
    public static string MillisecondsOrUnknown(Estimate? microseconds) => microseconds is null ? Unknown : Milliseconds(microseconds);

    /// <summary>Processor time in milliseconds with half the width of its interval.</summary>
    /// <param name="seconds">The time.</param>
    public static string MillisecondsOfSeconds(Estimate seconds) => WithMargin(seconds, Thousand);

    /// <summary>Memory in MiB, with half the width of its interval.</summary>
    /// <param name="bytes">The memory.</param>
    public static string Mebibytes(Estimate bytes) => WithMargin(bytes, 1 / Mebi);

    /// <summary>A rate, without the unit.</summary>
    /// <param name="rate">Requests a second.</param>
    public static string Rate(double rate) => rate.ToString("#,0.#", CultureInfo.InvariantCulture);

    /// <summary>A count.</summary>
    /// <param name="count">The count.</param>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A figure with half the width of its interval.</summary>
    /// <param name="estimate">The figure.</param>
    /// <param name="factor">What to multiply it by.</param>
    public static string WithMargin(Estimate estimate, double factor = 1)
    {
        var mean = estimate.Mean * factor;
        if (estimate.Margin() * factor is not { } margin)
        {
            return Number(mean);
        }

        // More decimals than the greater of the two has would say nothing.
        var format = Format(Math.Max(Math.Abs(mean), margin));
        return $"{mean.ToString(format, CultureInfo.InvariantCulture)} ±{margin.ToString(format, CultureInfo.InvariantCulture)}";
    }

    /// <summary>A figure with three digits, more before the point.</summary>
    /// <param name="value">The figure.</param>
    public static string Number(double value) => value.ToString(Format(value), CultureInfo.InvariantCulture);

    private static string Format(double value) => Math.Abs(value) switch
    {
        < 9.995 => "0.00",
        < 99.95 => "0.0",
        _ => "#,0",
    };
}
