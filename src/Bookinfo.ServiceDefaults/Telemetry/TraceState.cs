using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// The header <c>tracestate</c> (https://www.w3.org/TR/trace-context-2/#tracestate-header): what the tracing systems on the way have
/// written for themselves. It is passed on as it came when all of it is valid, and otherwise not at all.
/// </summary>
/// <remarks>
/// The levels differ in keys. Either may begin with a digit here, as in level 2; an <c>@</c> divides a tenant from a system, as in level 1,
/// whose rule the conformance tests of both levels hold. A key that is there twice is passed on: to write each once is the duty of those
/// who write.
/// </remarks>
internal static class TraceState
{
    private const int MostMembers = 32;
    private const int LongestKey = 256;
    private const int LongestTenant = 241;
    private const int LongestSystem = 14;
    private const int LongestValue = 256;

    private static readonly SearchValues<char> KeyStart = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-*/");

    /// <summary>What is to be passed on.</summary>
    /// <param name="header">The values of the header, one a line.</param>
    /// <returns>All lines as one; <see langword="null"/> when there is nothing, or anything is wrong.</returns>
    public static string? Of(StringValues header)
    {
        var members = 0;
        foreach (var line in header)
        {
            if (!AddMembers(line, ref members))
            {
                return null;
            }
        }

        return members == 0 ? null
            : header is [{ } single] ? single : string.Join(',', header.Where(static line => !string.IsNullOrEmpty(line)));
    }

    /// <summary>Checks a line and counts its members; empty ones are allowed and do not count.</summary>
    private static bool AddMembers(ReadOnlySpan<char> line, ref int members)
    {
        foreach (var range in line.Split(','))
        {
            var member = line[range].Trim(" \t");
            if (!member.IsEmpty && (!IsMember(member) || ++members > MostMembers))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMember(ReadOnlySpan<char> member)
    {
        var end = member.IndexOf('=');
        return end > 0 && IsKey(member[..end]) && IsValue(member[(end + 1)..]);
    }

    private static bool IsKey(ReadOnlySpan<char> key)
    {
        var at = key.IndexOf('@');
        return at < 0
            ? IsKeyPart(key, LongestKey)
            : IsKeyPart(key[..at], LongestTenant) && IsKeyPart(key[(at + 1)..], LongestSystem) && char.IsAsciiLetterLower(key[at + 1]);
    }

    private static bool IsKeyPart(ReadOnlySpan<char> part, int longest) =>
        !part.IsEmpty && part.Length <= longest && KeyStart.Contains(part[0]) && !part.ContainsAnyExcept(KeyCharacters);

    /// <summary>
    /// Printable ASCII without comma, which ends a member, and without another equals sign. A space at its end has been taken off.
    /// </summary>
    private static bool IsValue(ReadOnlySpan<char> value) =>
        value.Length is > 0 and <= LongestValue && !value.ContainsAnyExceptInRange(' ', '~') && !value.Contains('=');
}
