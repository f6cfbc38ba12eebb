using System.Globalization;
using Bookinfo.Foundation;

namespace Bookinfo.Measurement;

/// <summary>What <c>canary</c> says, in words.</summary>
public static class CanaryText
{
    private const int Width = 79;

    /// <summary>The asked shares, and the measured ones if there are any.</summary>
    /// <param name="report">What to say it of.</param>
    public static IEnumerable<string> Lines(CanaryReport report)
    {
        var measured = report.Measured;
        var table = measured is null
            ? new TextTable("VERSION", ">ASKED")
            : new TextTable("VERSION", ">ASKED", ">MEASURED", "95% INTERVAL", ">PAGE VIEWS");
        foreach (var version in VersionShares.AllVersions.Where(
            version => report.Asked.ContainsKey(version) || measured?.Versions[version].Count > 0))
        {
            var asked = Text($"{report.Asked.GetValueOrDefault(version)}%");
            if (measured?.Versions[version] is { } share)
            {
                table.Add(version, asked, Percent(share.Share), Interval(share), Text($"{share.Count}"));
            }
            else
            {
                table.Add(version, asked);
            }
        }

        foreach (var line in table.Format(Width).SelectMany(row => row))
        {
            yield return line;
        }

        var sentences = new List<string> { $"Divided by {report.Split}{(report.Detail is null ? "" : $": {report.Detail}")}." };
        if (measured is not null)
        {
            sentences.Add(Sent(measured));
            sentences.AddRange(Outside(report, measured));
        }

        foreach (var line in sentences.SelectMany(LoadText.Wrap))
        {
            yield return line;
        }
    }

    /// <summary>Where page views went, in one line.</summary>
    /// <param name="measured">That.</param>
    public static string Line(SplitMeasurement measured) =>
        string.Join(", ", measured.Versions.Where(version => version.Value.Count > 0).Select(
            version => $"{version.Key} {Percent(version.Value.Share)} ({Interval(version.Value)})").DefaultIfEmpty("no version seen"))
        + $". {Sent(measured)}";

    private static string Sent(SplitMeasurement measured)
    {
        var text = Text($"{measured.Sent:N0} page views in {measured.Seconds:0.#} s, of which {measured.Failed:N0} failed");
        return text + (measured.Unsent > 0 ? Text($"; {measured.Unsent:N0} more were due and not sent.") : ".");
    }

    private static IEnumerable<string> Outside(CanaryReport report, SplitMeasurement measured)
    {
        if (measured.Told == 0)
        {
            yield return "No answer told which version of reviews it came from.";
            yield break;
        }

        foreach (var (version, share) in measured.Versions)
        {
            if (report.Asked.GetValueOrDefault(version) / 100.0 is var asked && (asked < share.Low || asked > share.High)
                && (asked > 0 || share.Count > 0))
            {
                yield return Text($"{version} does not get the {asked:0%} that were asked for: that is outside of the interval.");
            }
        }
    }

    private static string Interval(ShareEstimate share) => $"{Percent(share.Low)} to {Percent(share.High)}";

    private static string Percent(double share) => Text($"{100 * share:0.0}%");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
