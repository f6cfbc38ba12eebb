using HdrHistogram;
using HdrHistogram.Utilities;

namespace Bookinfo.Load;

/// <summary>Histograms as text: the compressed encoding of HdrHistogram (V2) in base64, which its tools in other languages read as well.</summary>
internal static class HistogramCodec
{
    /// <summary>Writes one.</summary>
    /// <param name="histogram">The histogram.</param>
    public static string Encode(HistogramBase histogram)
    {
        ByteBuffer? buffer = null;
        return Encode(histogram, ref buffer);
    }

    /// <summary>Writes one of several that are of the same range and precision.</summary>
    /// <param name="histogram">The histogram.</param>
    /// <param name="buffer">
    /// Kept from one to the next, as it is so large that each would bring the next full garbage collection nearer; <see langword="null"/> at first.
    /// </param>
    public static string Encode(HistogramBase histogram, ref ByteBuffer? buffer)
    {
        buffer ??= ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity());
        buffer.Position = 0;
        var bytes = new byte[histogram.EncodeIntoCompressedByteBuffer(buffer)];
        buffer.Position = 0;
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = buffer.Get();
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>Reads one.</summary>
    /// <param name="text">What <see cref="Encode(HistogramBase)"/> made.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static HistogramBase Decode(string text)
    {
        try
        {
            return HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(Convert.FromBase64String(text)), 0);
        }
        catch (Exception exception) when (exception is not FormatException)
        {
            // The library has no exception of its own: cut off or altered, it may be any.
            throw new FormatException("It is no compressed HdrHistogram.", exception);
        }
    }
}
