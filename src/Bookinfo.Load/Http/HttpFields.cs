using System.Text;

namespace Bookinfo.Load;

/// <summary>The grammar of fields in the head of an answer (RFC 9110, RFC 9112).</summary>
internal static class HttpFields
{
    /// <summary>
    /// Makes one line of a field that goes on in the next, which begins with a space (RFC 9112, 5.2). Before the first field there is none
    /// to go on.
    /// </summary>
    public static bool Unfold(Span<byte> fields)
    {
        if (fields is [(byte)' ' or (byte)'\t', ..])
        {
            return false;
        }

        while (fields.IndexOf("\r\n "u8) is var space && fields.IndexOf("\r\n\t"u8) is var tab && Math.Max(space, tab) >= 0)
        {
            fields = fields[(space < 0 ? tab : tab < 0 ? space : Math.Min(space, tab))..];
            fields[..2].Fill((byte)' ');
        }

        return true;
    }

    /// <summary>Reads a status: three digits, 100 at least.</summary>
    public static bool IsStatus(ReadOnlySpan<byte> digits, out int status)
    {
        var valid = IsNumber(digits, 10, out var number) && number >= 100;
        status = (int)number;
        return valid;
    }

    /// <summary>Reads a number without a sign. Fifteen digits are more than any body has, and cannot overflow.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> digits, int radix, out long number)
    {
        number = 0;
        if (digits.Length is 0 or > 15)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            var value = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
                _ => radix,
            };
            if (value >= radix)
            {
                return false;
            }

            number = (number * radix) + value;
        }

        return true;
    }

    /// <summary>Whether a value begins with a text, in any case.</summary>
    public static bool StartsWith(ReadOnlySpan<byte> value, ReadOnlySpan<byte> lowerCase) =>
        value.Length >= lowerCase.Length && Ascii.EqualsIgnoreCase(value[..lowerCase.Length], lowerCase);

    /// <summary>Whether a list of tokens, in a header, has one.</summary>
    public static bool Contains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        while (true)
        {
            var comma = list.IndexOf((byte)',');
            if (Ascii.EqualsIgnoreCase((comma < 0 ? list : list[..comma]).Trim(" \t"u8), token))
            {
                return true;
            }

            if (comma < 0)
            {
                return false;
            }

            list = list[(comma + 1)..];
        }
    }
}
