using System.Globalization;
using System.Text.RegularExpressions;

namespace Bookinfo.Bench;

/// <summary>wrk, which keeps connections busy all the time and so finds the highest rate.</summary>
internal static partial class Wrk
{
    /// <summary>Runs it with one thread.</summary>
    /// <param name="target">What to ask for.</param>
    /// <param name="connections">How many connections it keeps busy.</param>
    /// <param name="duration">For how long, in whole seconds.</param>
    /// <param name="script">A script of its own, in Lua; it may be <see langword="null"/>.</param>
    /// <returns>What it counted.</returns>
    /// <exception cref="BenchException">A request failed.</exception>
    public static async Task<WrkResult> RunAsync(Uri target, int connections, TimeSpan duration, string? script = null)
    {
        string[] arguments =
        [
            "--threads", "1", "--connections", Text(connections), "--duration", Text((int)duration.TotalSeconds), "--timeout", "30s",
            "--latency",
            .. script is null ? Array.Empty<string>() : ["--script", script],
            target.ToString(),
        ];
        var (exitCode, report, messages) = await Command.RunAsync("wrk", arguments);
        var count = Count().Match(report);
        if (exitCode != 0 || !count.Success
            || report.Contains("Non-2xx", StringComparison.Ordinal) || report.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new BenchException($"Requests to {target} failed, so there is nothing to report. wrk says:\n{report}{messages}");
        }

        var rate = double.Parse(Rate().Match(report).Groups[1].Value, CultureInfo.InvariantCulture);
        var latency = Latency().Match(report);
        var unit = latency.Groups[2].Value switch
        {
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" => 1,
            _ => throw new BenchException($"wrk says nothing that is understood of latency:\n{report}"),
        };
        return new WrkResult(
            long.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture),
            rate,
            TimeSpan.FromSeconds(double.Parse(latency.Groups[1].Value, CultureInfo.InvariantCulture) * unit));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Count();

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"^\s+99%\s+([0-9.]+)(us|ms|s)\s*$", RegexOptions.Multiline)]
    private static partial Regex Latency();
}
