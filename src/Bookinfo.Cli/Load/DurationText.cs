using System.Globalization;

namespace Bookinfo.Cli.Load;

/// <summary>A span of time as people type it: a number and <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>.</summary>
internal static class DurationText
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        // 'ms' before 's', as it ends in it too.
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>Reads one.</summary>
    /// <param name="text">What was typed, such as <c>30s</c> or <c>1.5m</c>.</param>
    /// <param name="span">The span.</param>
    /// <returns>Whether it is one, of up to a year.</returns>
    public static bool TryParse(string text, out TimeSpan span)
    {
        foreach (var (unit, length) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                var valid = double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    && number * length.TotalDays <= 365;
                span = valid ? number * length : default;
                return valid;
            }
        }

        span = default;
        return false;
    }
}
