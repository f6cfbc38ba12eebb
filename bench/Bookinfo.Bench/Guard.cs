using System.Globalization;

namespace Bookinfo.Bench;

/// <summary>Holds results against those that were kept.</summary>
internal static class Guard
{
    /// <summary>How much worse a figure may be, as a part of what it was: what two runs of the same programs differ by on a busy machine.</summary>
    public const double Tolerance = 0.10;

    private static readonly GuardLine[] Lines =
    [
        .. ThroughputMeasurement.Targets.Select(target => More($"{target}: throughput / bare", $"throughput-ratio/{target}/bare")),
        .. ThroughputMeasurement.Targets.Select(target => new GuardLine(
            $"{target}: processor time / bare", MoreIsBetter: false, file => Ratio(file, ThroughputMeasurement.Name("cpu", target, Implementation.Ours), ThroughputMeasurement.Name("cpu", target, Implementation.Bare)))),
        .. ThroughputMeasurement.Targets.Select(target => More($"{target}: 1,000 connections / 32", $"connections/{target}")),
        Less("page: three hops / two and one", "hops/ratio"),
        More("ratings: 10,000 products / one", "store"),
        .. new[] { "details", "ratings", "reviews", "productpage" }.Select(service => new GuardLine(
            $"{service}: start / bare", MoreIsBetter: false, file => Ratio(file, $"start/{service}", "start/bare"))),
        .. new[] { "details", "ratings", "reviews", "productpage" }.Select(service => Less($"{service}: MiB when idle", $"idle/{service}")),
        .. new[] { "details", "ratings", "reviews-v1", "reviews-v2", "page" }.Select(target => Less($"{target}: bytes allocated", $"allocated/{target}")),
        .. new[] { "details", "ratings", "reviews", "productpage" }.Select(service => Less($"{service}: MB of the executable", $"executable/{service}")),
    ];

    /// <summary>Compares, and says what came out, a line for each figure.</summary>
    /// <param name="kept">The results that were kept.</param>
    /// <param name="measured">Those of now.</param>
    /// <param name="output">Where the lines go.</param>
    /// <returns>Whether nothing is worse by more than <see cref="Tolerance"/>.</returns>
    public static bool Compare(BenchFile kept, BenchFile measured, TextWriter output)
    {
        var holds = true;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",-44} {"KEPT",9} {"NOW",9} {"CHANGE",8}"));
        foreach (var line in Lines)
        {
            if (line.Value(kept) is not { } before || line.Value(measured) is not { } after)
            {
                continue;
            }

            var change = (after / before) - 1;
            var isWorse = line.MoreIsBetter ? change < -Tolerance : change > Tolerance;
            holds &= !isWorse;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Text,-44} {FigureText.Format(before),9} {FigureText.Format(after),9} {change * 100,7:+0.0;-0.0;0.0}%{(isWorse ? "  WORSE" : "")}"));
        }

        return holds;
    }

    private static GuardLine More(string text, string figure) => new(text, MoreIsBetter: true, file => file.Find(figure)?.Median);

    private static GuardLine Less(string text, string figure) => new(text, MoreIsBetter: false, file => file.Find(figure)?.Median);

    private static double? Ratio(BenchFile file, string figure, string of) => file.Find(figure)?.Median / file.Find(of)?.Median;
}
