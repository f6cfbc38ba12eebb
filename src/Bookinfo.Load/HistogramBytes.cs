using HdrHistogram;
using HdrHistogram.Utilities;

namespace Bookinfo.Load;

/// <summary>Histograms in the compressed encoding of HdrHistogram, V2.</summary>
internal static class HistogramBytes
{
    /// <summary>Encodes one.</summary>
    /// <param name="histogram">The histogram.</param>
    public static byte[] Encode(HistogramBase histogram)
    {
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity());
        var bytes = new byte[histogram.EncodeIntoCompressedByteBuffer(buffer)];
        buffer.Position = 0;
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = buffer.Get();
        }

        return bytes;
    }

    /// <summary>Decodes one.</summary>
    /// <param name="bytes">The encoded histogram.</param>
    /// <exception cref="FormatException">It is none, or has values that <see cref="Recording"/> never records.</exception>
    public static HistogramBase Decode(byte[] bytes)
    {
        try
        {
            var histogram = HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(bytes), 0);
            return histogram.HighestTrackableValue <= Recording.Longest
                ? histogram
                : throw new FormatException($"a histogram has values above {Recording.Longest}");
        }
        // The library has no exception of its own for it; what damaged bytes make it throw depends on where they are damaged.
        catch (Exception exception) when (exception is not (FormatException or OutOfMemoryException))
        {
            throw new FormatException($"a histogram cannot be decoded: {exception.Message}", exception);
        }
    }
}
