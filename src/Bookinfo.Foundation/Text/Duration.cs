using System.Globalization;
using System.Text.RegularExpressions;

namespace Bookinfo.Foundation;

/// <summary>Durations as Kubernetes and the Go language write them: <c>1m30s</c>, <c>250ms</c>, <c>1.5s</c>.</summary>
public static partial class Duration
{
    /// <summary>Parses a duration.</summary>
    /// <param name="text">Numbers with units: h, m, s, ms, us or ns. The u in us may also be a micro sign or a Greek mu.</param>
    /// <param name="duration">The duration.</param>
    /// <returns>Whether the text is a duration.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (!Whole().IsMatch(text))
        {
            return false;
        }

        var seconds = Part().Matches(text).Sum(
            part => double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Seconds(part.Groups[2].Value));
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

    private static double Seconds(string unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        "ns" => 1e-9,
        _ => 1e-6,
    };

    [GeneratedRegex(@"^(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:h|ms|m|s|us|\u00b5s|\u03bcs|ns))+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"([0-9.]+)(h|ms|m|s|us|\u00b5s|\u03bcs|ns)")]
    private static partial Regex Part();
}
