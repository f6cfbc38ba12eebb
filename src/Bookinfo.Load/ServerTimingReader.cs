using System.Buffers.Text;

namespace Bookinfo.Load;

/// <summary>
/// Reads the times of the hops out of a <c>Server-Timing</c> header (https://www.w3.org/TR/server-timing/), which a mesh or a gateway may have added to, and
/// which may hold anything.
/// </summary>
internal static class ServerTimingReader
{
    /// <summary>An hour: what claims to have taken longer is no measurement.</summary>
    private const double MostMilliseconds = 3_600_000;

    /// <summary>Reads one header; where it tells nothing of a hop, what was known stays.</summary>
    /// <param name="header">Its value.</param>
    /// <param name="times">The times.</param>
    public static void Read(ReadOnlySpan<byte> header, ref HopTimes times)
    {
        while (!header.IsEmpty)
        {
            var comma = header.IndexOf((byte)',');
            ReadMetric(comma < 0 ? header : header[..comma], ref times);
            header = comma < 0 ? default : header[(comma + 1)..];
        }
    }

    private static void ReadMetric(ReadOnlySpan<byte> metric, ref HopTimes times)
    {
        var semicolon = metric.IndexOf((byte)';');
        if (semicolon < 0 || HopOf(metric[..semicolon].Trim(" \t"u8)) is not { } hop)
        {
            return;
        }

        while (semicolon >= 0)
        {
            metric = metric[(semicolon + 1)..];
            semicolon = metric.IndexOf((byte)';');
            var parameter = (semicolon < 0 ? metric : metric[..semicolon]).Trim(" \t"u8);
            if (parameter.StartsWith("dur="u8)
                && Utf8Parser.TryParse(parameter[4..], out double milliseconds, out var read)
                && read == parameter.Length - 4
                && milliseconds is >= 0 and < MostMilliseconds)
            {
                times[(int)hop] = (uint)Math.Round(milliseconds * 1000);
                return;
            }
        }
    }

    private static Hop? HopOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("total"u8) ? Hop.Total
        : name.SequenceEqual("details"u8) ? Hop.Details
        : name.SequenceEqual("reviews"u8) ? Hop.Reviews
        : name.SequenceEqual("ratings"u8) ? Hop.Ratings
        : null;
}
