using Bookinfo.Cli.Terminal;
using Bookinfo.Verification;

namespace Bookinfo.Cli.Sessions;

/// <summary>Writes reports of <c>verify</c>.</summary>
internal static class VerificationOutput
{
    /// <summary>The width of a table that does not go to a terminal.</summary>
    private const int UsualWidth = 120;

    /// <summary>Writes a report to stdout.</summary>
    /// <param name="report">The report.</param>
    /// <param name="format">How.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> WriteAsync(VerificationReport report, VerifyFormat format)
    {
        IEnumerable<string> lines = format switch
        {
            VerifyFormat.Json => [report.ToJson()],
            VerifyFormat.JUnit => [VerificationJUnit.Create(report)],
            VerifyFormat.Html => [VerificationPage.Create(report).TrimEnd()],
            _ => VerificationText.Lines(report, ToolOutput.DataWidth ?? UsualWidth),
        };
        foreach (var line in lines)
        {
            await ToolOutput.Data.WriteLineAsync(line);
        }

        return report.Verdict switch
        {
            VerificationVerdict.Exact => ExitCode.Success,
            VerificationVerdict.Differs => ExitCode.TelemetryDiffers,
            _ => ExitCode.TelemetryUnchecked,
        };
    }
}

/// <summary>How a report of <c>verify</c> is written.</summary>
internal enum VerifyFormat
{
    /// <summary>For people, as text.</summary>
    Table,

    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>The XML that servers for continuous integration read.</summary>
    JUnit,

    /// <summary>A page.</summary>
    Html,
}
