using HdrHistogram;

namespace Bookinfo.Load;

/// <summary>Histograms as text: <see cref="HistogramBytes"/> in base64, which HdrHistogram's tools in other languages read as well.</summary>
internal static class HistogramCodec
{
    /// <summary>Writes one.</summary>
    /// <param name="histogram">The histogram.</param>
    public static string Encode(HistogramBase histogram) => Convert.ToBase64String(HistogramBytes.Encode(histogram));

    /// <summary>Reads one.</summary>
    /// <param name="text">What <see cref="Encode"/> made.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static HistogramBase Decode(string text) => HistogramBytes.Decode(Convert.FromBase64String(text));
}
