using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Bookinfo.Contracts;

/// <summary>
/// Reads whole numbers however another program may write them. JSON has one kind of number: <c>5</c>, <c>5.0</c>, <c>5e0</c> and
/// <c>50e-1</c> are the same (RFC 8259 section 6), and programs whose numbers are floating-point write any of these. Reading is exact: no
/// fraction, however small, is rounded away, and a number inside a string does not count.
/// </summary>
public static class WholeNumber
{
    /// <summary>Reads the value at the reader's current position.</summary>
    /// <param name="json">The reader.</param>
    /// <param name="value">The number, or 0 when there is none.</param>
    /// <returns>Whether the value is a whole number that fits into 32 bits.</returns>
    public static bool TryRead(ref readonly Utf8JsonReader json, out int value)
    {
        value = 0;
        return json.TokenType == JsonTokenType.Number
            && (json.TryGetInt32(out value) || TryParse(json.HasValueSequence ? json.ValueSequence.ToArray() : json.ValueSpan, out value));
    }

    /// <summary>Reads an element.</summary>
    /// <param name="element">The element.</param>
    /// <param name="value">The number, or 0 when there is none.</param>
    /// <returns>As <see cref="TryRead(ref readonly Utf8JsonReader, out int)"/>.</returns>
    public static bool TryRead(JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number
            && (element.TryGetInt32(out value) || TryParse(JsonMarshal.GetRawUtf8Value(element), out value));
    }

    /// <summary>Parses a JSON number (RFC 8259 section 6); the caller has checked that it is one.</summary>
    private static bool TryParse(ReadOnlySpan<byte> number, out int value)
    {
        value = 0;
        var isNegative = number[0] == '-';
        number = number[(isNegative ? 1 : 0)..];
        var exponentAt = number.IndexOfAny((byte)'e', (byte)'E');
        var digits = exponentAt < 0 ? number : number[..exponentAt];
        var point = digits.IndexOf((byte)'.');
        var fraction = point < 0 ? default : digits[(point + 1)..];
        var whole = point < 0 ? digits : digits[..point];
        if (!digits.ContainsAnyExcept((byte)'0', (byte)'.'))
        {
            // 0, whatever its exponent.
            return true;
        }

        // With an exponent of more than 32 bits, a whole number of 32 bits would need more digits than any answer has.
        var exponent = 0;
        if (exponentAt >= 0
            && !int.TryParse(number[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return false;
        }

        // How many of the digits are left of the decimal point once the exponent has moved it.
        var wholeLength = (long)whole.Length + exponent;
        long result = 0;
        for (var i = 0L; i < Math.Max(wholeLength, whole.Length + fraction.Length); i++)
        {
            var digit = i < whole.Length
                ? whole[(int)i] - '0'
                : i - whole.Length < fraction.Length ? fraction[(int)i - whole.Length] - '0' : 0;
            if (i >= wholeLength)
            {
                if (digit != 0)
                {
                    return false;
                }

                continue;
            }

            result = (result * 10) + digit;
            if (result > 1L + int.MaxValue)
            {
                return false;
            }
        }

        result = isNegative ? -result : result;
        value = result is >= int.MinValue and <= int.MaxValue ? (int)result : 0;
        return result == value;
    }
}
