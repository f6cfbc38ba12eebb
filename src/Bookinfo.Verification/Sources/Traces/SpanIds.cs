using System.Globalization;

namespace Bookinfo.Verification;

/// <summary>Reads the ids of traces and spans.</summary>
public static class SpanIds
{
    /// <summary>Reads the id of a trace.</summary>
    /// <param name="text">At most 32 hexadecimal digits; zeros in front may be missing.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static UInt128 Trace(string text) =>
        text.Length <= 32 && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new FormatException($"'{text}' is not the id of a trace");

    /// <summary>Reads the id of a span.</summary>
    /// <param name="text">At most 16 hexadecimal digits; empty for none.</param>
    /// <returns>0 for none.</returns>
    /// <exception cref="FormatException">It is something else.</exception>
    public static ulong Span(string text) => text.Length == 0 ? 0
        : ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id
        : throw new FormatException($"'{text}' is not the id of a span");
}
