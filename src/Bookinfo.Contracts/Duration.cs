using System.Buffers;
using System.Globalization;

namespace Bookinfo.Contracts;

/// <summary>Durations as Kubernetes, Istio and the Go language write them: <c>1m30s</c>, <c>250ms</c>, <c>1.5s</c>.</summary>
public static class Duration
{
    /// <summary>The most digits before or behind the point.</summary>
    private const int MostDigits = 9;

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("0123456789.");

    /// <summary>In the order in which they are looked for: a unit that begins like another one comes first.</summary>
    private static readonly (string Text, double Seconds)[] Units =
        [("h", 3600), ("ms", 1e-3), ("m", 60), ("s", 1), ("us", 1e-6), ("\u00b5s", 1e-6), ("\u03bcs", 1e-6), ("ns", 1e-9)];

    /// <summary>Parses a duration.</summary>
    /// <param name="text">Numbers with units: h, m, s, ms, us or ns. The u in us may also be a micro sign or a Greek mu.</param>
    /// <param name="duration">The duration, one day at most.</param>
    /// <returns>Whether the text is a duration.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var seconds = 0.0;
        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            var length = text.IndexOfAnyExcept(OfNumbers);
            if (length <= 0 || !TryParseNumber(text[..length], out var number))
            {
                return false;
            }

            text = text[length..];
            var unit = 0;
            while (unit < Units.Length && !text.StartsWith(Units[unit].Text, StringComparison.Ordinal))
            {
                unit++;
            }

            if (unit == Units.Length)
            {
                return false;
            }

            seconds += number * Units[unit].Seconds;
            text = text[Units[unit].Text.Length..];
        }

        if (seconds > TimeSpan.FromDays(1).TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>
    /// Formats a duration for people, in its largest unit: 2.1 s, 45 s, 12m, 5h, 3d. From a minute up this is how kubectl writes ages.
    /// </summary>
    /// <param name="duration">The duration.</param>
    public static string Format(TimeSpan duration) => FormattableString.Invariant(duration switch
    {
        { TotalSeconds: < 10 } => (FormattableString)$"{duration.TotalSeconds:0.0} s",
        { TotalMinutes: < 2 } => $"{duration.TotalSeconds:0} s",
        { TotalHours: < 2 } => $"{Math.Floor(duration.TotalMinutes)}m",
        { TotalDays: < 2 } => $"{Math.Floor(duration.TotalHours)}h",
        _ => $"{Math.Floor(duration.TotalDays)}d",
    });

    private static bool TryParseNumber(ReadOnlySpan<char> text, out double number)
    {
        number = 0;
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        return whole.Length is > 0 and <= MostDigits
            && (point < 0 || text.Length - point - 1 is > 0 and <= MostDigits)
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
