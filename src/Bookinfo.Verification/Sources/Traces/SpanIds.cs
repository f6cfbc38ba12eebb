using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>Reads the ids of traces and spans.</summary>
public static class SpanIds
{
    /// <summary>Reads the id of a trace.</summary>
    /// <param name="text">
    /// At most 32 hexadecimal digits, of which zeros in front may be missing; or the bytes in base64, as protobuf's JSON has them.
    /// </param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static UInt128 Trace(string text) =>
        Digits(text) is { Length: <= 32 } digits
        && UInt128.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new FormatException($"'{text}' is not the id of a trace");

    /// <summary>Reads the id of a trace that must be whole.</summary>
    /// <param name="text">32 hexadecimal digits.</param>
    /// <param name="id">The id.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryTrace(string text, out UInt128 id) =>
        UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id) && text.Length == 32;

    /// <summary>Reads the id of a span.</summary>
    /// <param name="text">At most 16 hexadecimal digits, or the bytes in base64; empty for none.</param>
    /// <returns>0 for none.</returns>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ulong Span(string text) => text.Length == 0 ? 0
        : ulong.TryParse(Digits(text), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id
        : throw new FormatException($"'{text}' is not the id of a span");

    /// <summary>Writes the id of a trace in 32 digits.</summary>
    /// <param name="id">The id.</param>
    public static string Text(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The bytes of an id, 8 or 16, end with = in base64, and digits never do.</summary>
    private static string Digits(string text) =>
        text.EndsWith('=') ? Convert.ToHexStringLower(Convert.FromBase64String(text)) : text;
}
