using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Bookinfo.Common;

/// <summary>
/// Reads durations out of a <c>Server-Timing</c> header (https://www.w3.org/TR/server-timing/), which a mesh or a gateway may have added
/// to, and which may hold anything: metrics between commas, each a name with parameters behind semicolons, whose values are tokens or
/// quoted strings. Of several metrics of one name the first counts: proxies add theirs behind those of the application. Compiled into the
/// services and into the load generator, which have no library in common.
/// </summary>
internal static class ServerTimingReader
{
    /// <summary>Stands for a duration that the header does not tell.</summary>
    public const uint Unknown = uint.MaxValue;

    /// <summary>An hour: what claims to have taken longer is not a measurement.</summary>
    private const double MostMilliseconds = 3_600_000;

    /// <summary>A number in quotes may have backslashes in it. A longer one is not a measurement either.</summary>
    private const int LongestQuotedNumber = 64;

    private static readonly SearchValues<byte> Delimiters = SearchValues.Create(" \t,;=\""u8);

    /// <summary>Reads one header.</summary>
    /// <param name="header">Its value.</param>
    /// <param name="names">The names of the metrics that are of interest.</param>
    /// <param name="times">
    /// Receives the duration of each, in microseconds. What the header does not tell, or what was known before, stays as it is.
    /// </param>
    public static void Read(ReadOnlySpan<byte> header, IReadOnlyList<byte[]> names, Span<uint> times)
    {
        while (!header.IsEmpty)
        {
            ReadMetric(ref header, names, times);
            // Whatever else there is up to the next comma has no meaning.
            var comma = header.IndexOf((byte)',');
            header = comma < 0 ? default : header[(comma + 1)..];
        }
    }

    /// <summary>Reads a metric up to what does not belong to one.</summary>
    private static void ReadMetric(scoped ref ReadOnlySpan<byte> header, IReadOnlyList<byte[]> names, Span<uint> times)
    {
        var wanted = Find(names, TakeToken(ref header));
        var isKnown = false;
        while (TakeCharacter(ref header, (byte)';'))
        {
            var name = TakeToken(ref header);
            ReadOnlySpan<byte> value = default;
            var isQuoted = false;
            if (TakeCharacter(ref header, (byte)'='))
            {
                isQuoted = header.TrimStart(" \t"u8) is [(byte)'"', ..];
                value = isQuoted ? TakeQuoted(ref header) : TakeToken(ref header);
                // A value with something behind it is none.
                if (header.TrimStart(" \t"u8) is [not ((byte)',' or (byte)';'), ..])
                {
                    value = default;
                    var end = header.IndexOfAny((byte)',', (byte)';');
                    header = end < 0 ? default : header[end..];
                }
            }

            // A parameter that is there twice is the first one, even if that is invalid.
            if (!isKnown && Ascii.EqualsIgnoreCase(name, "dur"u8))
            {
                isKnown = true;
                if (wanted >= 0 && times[wanted] == Unknown
                    && (isQuoted ? QuotedMicroseconds(value) : Microseconds(value)) is { } microseconds)
                {
                    times[wanted] = microseconds;
                }
            }
        }
    }

    private static ReadOnlySpan<byte> TakeToken(scoped ref ReadOnlySpan<byte> header)
    {
        header = header.TrimStart(" \t"u8);
        var end = header.IndexOfAny(Delimiters);
        var token = end < 0 ? header : header[..end];
        header = header[token.Length..];
        return token;
    }

    private static bool TakeCharacter(scoped ref ReadOnlySpan<byte> header, byte character)
    {
        header = header.TrimStart(" \t"u8);
        if (header.IsEmpty || header[0] != character)
        {
            return false;
        }

        header = header[1..];
        return true;
    }

    /// <summary>Takes what is between quotes, with its backslashes. Without a second quote it is everything.</summary>
    private static ReadOnlySpan<byte> TakeQuoted(scoped ref ReadOnlySpan<byte> header)
    {
        var text = header.TrimStart(" \t"u8)[1..];
        var end = 0;
        while (end < text.Length && text[end] != '"')
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, text.Length);
        header = text[Math.Min(end + 1, text.Length)..];
        return text[..end];
    }

    private static uint? QuotedMicroseconds(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestQuotedNumber)
        {
            return null;
        }

        Span<byte> plain = stackalloc byte[LongestQuotedNumber];
        var length = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\' && ++index == text.Length)
            {
                return null;
            }

            plain[length++] = text[index];
        }

        return Microseconds(plain[..length].Trim(" \t"u8));
    }

    private static uint? Microseconds(ReadOnlySpan<byte> number) =>
        Utf8Parser.TryParse(number, out double milliseconds, out var read)
            && read == number.Length
            && milliseconds is >= 0 and < MostMilliseconds
            ? (uint)Math.Round(milliseconds * 1000)
            : null;

    private static int Find(IReadOnlyList<byte[]> names, ReadOnlySpan<byte> name)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (name.SequenceEqual(names[index]))
            {
                return index;
            }
        }

        return -1;
    }
}
