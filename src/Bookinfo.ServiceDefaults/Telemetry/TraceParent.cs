using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Primitives;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>The header <c>traceparent</c> (https://www.w3.org/TR/trace-context-2/#traceparent-header).</summary>
/// <remarks>
/// Not <see cref="ActivityContext.TryParse(string, string, out ActivityContext)"/>, which refuses what a version above 00 may have behind
/// the fields that are known, and with that ends every trace at the first service that is older than its caller.
/// </remarks>
internal static class TraceParent
{
    /// <summary>The length of version 00: <c>00-{32}-{16}-{2}</c>.</summary>
    private const int Length = 55;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Parses the header.</summary>
    /// <param name="header">Its values: two of them are as bad as a wrong one.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="span">The caller's span.</param>
    /// <param name="flags">The flags that level 2 knows: whether the trace is taken, and whether its id was made by chance.</param>
    /// <returns>Whether it is there and valid.</returns>
    public static bool TryParse(StringValues header, out ActivityTraceId trace, out ActivitySpanId span, out TraceParentFlags flags)
    {
        trace = default;
        span = default;
        flags = TraceParentFlags.None;
        if (header is not [{ Length: >= Length } text] || text[2] != '-' || text[35] != '-' || text[52] != '-')
        {
            return false;
        }

        var version = text.AsSpan(0, 2);
        // Of a version to come only what this one knows is read, and only up to the dash behind it.
        var ends = text.Length == Length || (version is not "00" && text[Length] == '-');
        if (!ends || version is "ff" || !IsHex(version) || !IsHex(text.AsSpan(53, 2)) || !IsId(text.AsSpan(3, 32))
            || !IsId(text.AsSpan(36, 16)))
        {
            return false;
        }

        trace = ActivityTraceId.CreateFromString(text.AsSpan(3, 32));
        span = ActivitySpanId.CreateFromString(text.AsSpan(36, 16));
        flags = (TraceParentFlags)Convert.ToByte(text.Substring(53, 2), 16) & TraceParentFlags.Known;
        return true;
    }

    /// <summary>Whether a text is an id: lower-case hexadecimal, and not all zeros.</summary>
    /// <param name="text">The text, of the length of an id.</param>
    public static bool IsId(ReadOnlySpan<char> text) => IsHex(text) && text.ContainsAnyExcept('0');

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(LowerHex);
}
