using System.Globalization;

namespace Bookinfo.Bench;

/// <summary>Holds results against those that were kept.</summary>
internal static class Guard
{
    private static readonly string[] Services = ["details", "ratings", "reviews", "productpage"];

    private static readonly GuardLine[] Lines =
    [
        .. ThroughputMeasurement.Targets.Select(
            target => More($"{target}: throughput / bare", OfTarget(target), $"throughput-ratio/{target}/bare")),
        .. ThroughputMeasurement.Targets.Select(target => new GuardLine(
            $"{target}: processor time / bare",
            MoreIsBetter: false,
            OfTarget(target),
            file => Ratio(
                file,
                ThroughputMeasurement.Name("cpu", target, Implementation.Ours),
                ThroughputMeasurement.Name("cpu", target, Implementation.Bare)))),
        .. TailFigure.Promised.Select(figure => Less(
            $"{figure.Target} at half{(figure.Surroundings == Surroundings.Busy ? ", busy" : "")}: p99 / bare", GuardTolerance.Tail,
            figure.Ratio)),
        .. ThroughputMeasurement.Targets.Select(
            target => More($"{target}: 1,000 connections / 32", GuardTolerance.TimedTogether, $"connections/{target}")),
        Less("page: three hops / two and one", GuardTolerance.TimedTogether, "hops/ratio"),
        More("ratings: 10,000 products / one", GuardTolerance.Timed, "store"),
        .. Services.Select(service => new GuardLine(
            $"{service}: start / bare", MoreIsBetter: false, GuardTolerance.Timed, file => Ratio(file, $"start/{service}", "start/bare"))),
        .. Services.Select(service => Less($"{service}: MiB when idle", GuardTolerance.Resident, $"idle/{service}")),
        .. Services.Select(service => Less($"{service}: MiB under load", GuardTolerance.ResidentUnderLoad, $"load/{service}")),
        .. new[] { "details", "ratings", "reviews-v1", "reviews-v2", "page" }.Select(
            target => Less($"{target}: bytes allocated", GuardTolerance.Counted, $"allocated/{target}")),
        .. Services.Select(service => Less($"{service}: MB of the executable", GuardTolerance.Counted, $"executable/{service}")),
    ];

    /// <summary>Compares, and says what came out, a line for each figure.</summary>
    /// <param name="kept">The results that were kept.</param>
    /// <param name="measured">Those of now.</param>
    /// <param name="output">Where the lines go.</param>
    /// <returns>Whether nothing is worse by more than its tolerance.</returns>
    public static bool Compare(BenchFile kept, BenchFile measured, TextWriter output)
    {
        var holds = true;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",-36} {"KEPT",9} {"NOW",9} {"CHANGE",8} {"ALLOWED",8}"));
        foreach (var line in Lines)
        {
            if (line.Value(kept) is not { } before || line.Value(measured) is not { } after)
            {
                continue;
            }

            var change = (after / before) - 1;
            var isWorse = line.MoreIsBetter ? change < -line.Tolerance : change > line.Tolerance;
            holds &= !isWorse;
            var allowed = line.Tolerance * 100 * (line.MoreIsBetter ? -1 : 1);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Text,-36} {FigureText.Format(before),9} {FigureText.Format(after),9} {change * 100,7:+0.0;-0.0;0.0}% "
                + $"{allowed,7:+0;-0}%{(isWorse ? " WORSE" : "")}"));
        }

        return holds;
    }

    private static double OfTarget(string target) => target == "page" ? GuardTolerance.TimedTogether : GuardTolerance.Timed;

    private static GuardLine More(string text, double tolerance, string figure) =>
        new(text, MoreIsBetter: true, tolerance, file => file.Find(figure)?.Median);

    private static GuardLine Less(string text, double tolerance, string figure) =>
        new(text, MoreIsBetter: false, tolerance, file => file.Find(figure)?.Median);

    private static double? Ratio(BenchFile file, string figure, string of) => file.Find(figure)?.Median / file.Find(of)?.Median;
}
