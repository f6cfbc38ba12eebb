using System.Globalization;

namespace Bookinfo.Bench;

/// <summary>How figures are written: three significant digits, and as many more as there are before the point.</summary>
internal static class FigureText
{
    /// <summary>Writes a number.</summary>
    /// <param name="value">The number.</param>
    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
