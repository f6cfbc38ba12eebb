using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using HdrHistogram;
using HdrHistogram.Utilities;

namespace Bookinfo.Load;

/// <summary>
/// Histograms in HdrHistogram's compressed encoding, V2, as its Java source describes it: a header, then the counts up to that of the
/// highest value as ZigZag LEB128 numbers, where a negative number stands for that many zeros, all in a zlib stream.
/// </summary>
/// <remarks>
/// Written here, because the library's own writer omits the checksum at the end of the zlib stream and adds a hundred kilobytes of zeros
/// after the counts: only readers that overlook both can read that.
/// </remarks>
internal static class HistogramBytes
{
    private const int Cookie = 0x1c849303 | WordSize;
    private const int CompressedCookie = 0x1c849304 | WordSize;
    private const int WordSize = 0x10;
    private const int HeaderLength = 40;

    /// <summary>A number of 64 bits takes at most nine bytes: eight with seven bits each, and one with eight.</summary>
    private const int LongestNumber = 9;

    /// <summary>Encodes a histogram.</summary>
    /// <param name="histogram">The histogram, whose lowest value is 1, as in all of ours.</param>
    public static byte[] Encode(HistogramBase histogram)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(histogram.LowestTrackableValue, 1);
        var plain = new ArrayBufferWriter<byte>(1024);
        WriteHeader(plain.GetSpan(HeaderLength), histogram);
        plain.Advance(HeaderLength);
        WriteCounts(plain, histogram);

        var compressed = new MemoryStream();
        // The length of what follows, which is filled in when it is known.
        compressed.Write(stackalloc byte[2 * sizeof(int)]);
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var bytes = plain.WrittenSpan.ToArray();
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeof(int)), bytes.Length - HeaderLength);
            zlib.Write(bytes);
        }

        var encoded = compressed.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(encoded, CompressedCookie);
        BinaryPrimitives.WriteInt32BigEndian(encoded.AsSpan(sizeof(int)), encoded.Length - (2 * sizeof(int)));
        return encoded;
    }

    /// <summary>Decodes a histogram.</summary>
    /// <param name="bytes">The encoded histogram.</param>
    /// <exception cref="FormatException">
    /// The bytes are not a histogram, or have values that <see cref="Recording"/> never records.
    /// </exception>
    public static HistogramBase Decode(byte[] bytes)
    {
        try
        {
            var histogram = HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(bytes), 0);
            return histogram.HighestTrackableValue <= Recording.Longest
                ? histogram
                : throw new FormatException($"a histogram has values above {Recording.Longest}");
        }
        // The library has no exception of its own for damaged bytes; what they make it throw depends on where they are damaged.
        catch (Exception exception) when (exception is not (FormatException or OutOfMemoryException))
        {
            throw new FormatException($"a histogram cannot be decoded: {exception.Message}", exception);
        }
    }

    private static void WriteHeader(Span<byte> header, HistogramBase histogram)
    {
        BinaryPrimitives.WriteInt32BigEndian(header, Cookie);
        // At 4 the length of the counts, and at 8 by how much they are shifted, which is not at all.
        header[4..12].Clear();
        BinaryPrimitives.WriteInt32BigEndian(header[12..], histogram.NumberOfSignificantValueDigits);
        BinaryPrimitives.WriteInt64BigEndian(header[16..], histogram.LowestTrackableValue);
        BinaryPrimitives.WriteInt64BigEndian(header[24..], histogram.HighestTrackableValue);
        BinaryPrimitives.WriteDoubleBigEndian(header[32..], 1);
    }

    private static void WriteCounts(ArrayBufferWriter<byte> counts, HistogramBase histogram)
    {
        var next = 0;
        foreach (var recorded in histogram.RecordedValues())
        {
            var index = IndexOf(recorded.ValueIteratedTo, histogram);
            switch (index - next)
            {
                case 0:
                    break;
                case 1:
                    WriteNumber(counts, 0);
                    break;
                case var zeros:
                    WriteNumber(counts, -zeros);
                    break;
            }

            WriteNumber(counts, recorded.CountAtValueIteratedTo);
            next = index + 1;
        }
    }

    /// <summary>
    /// The index of the count of a value: each bucket but the first has half as many counts as there are sub-buckets, and each count covers
    /// twice as many values as in the bucket before.
    /// </summary>
    private static int IndexOf(long value, HistogramBase histogram)
    {
        var half = BitOperations.Log2((uint)histogram.SubBucketCount) - 1;
        var bucket = BitOperations.Log2((ulong)value | ((uint)histogram.SubBucketCount - 1)) - half;
        return (bucket << half) + (int)(value >> bucket);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> numbers, long number)
    {
        var rest = (ulong)((number << 1) ^ (number >> 63));
        var bytes = numbers.GetSpan(LongestNumber);
        var length = 0;
        while (rest > 0x7F && length < LongestNumber - 1)
        {
            bytes[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        bytes[length++] = (byte)rest;
        numbers.Advance(length);
    }
}

/// <summary>
/// Histograms as text: <see cref="HistogramBytes"/> in base64, which HdrHistogram's tools in other languages read as well.
/// </summary>
public static class HistogramCodec
{
    /// <summary>Encodes a histogram as base64.</summary>
    /// <param name="histogram">The histogram.</param>
    public static string Encode(HistogramBase histogram) => Convert.ToBase64String(HistogramBytes.Encode(histogram));

    /// <summary>Decodes a histogram from base64.</summary>
    /// <param name="text">The output of <see cref="Encode"/>.</param>
    /// <exception cref="FormatException">The text is not such a histogram.</exception>
    public static HistogramBase Decode(string text) => HistogramBytes.Decode(Convert.FromBase64String(text));
}
