using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace Bookinfo.ServiceDefaults.Telemetry;

/// <summary>
/// The header <c>tracestate</c> (https://www.w3.org/TR/trace-context-2/#tracestate-header): what the tracing systems on the way have
/// written for themselves. If all of it is valid, it is passed on unchanged; otherwise it is dropped.
/// </summary>
/// <remarks>
/// Levels 1 and 2 of the specification differ in their rules for keys. Here, keys and tenants may begin with a digit, as in level 2; an
/// <c>@</c> separates a tenant from a system, as in level 1, because the conformance tests of both levels require that. Duplicate keys are
/// passed on: avoiding them is up to those who write the header.
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

    /// <summary>Checks the header and joins its lines.</summary>
    /// <param name="header">The values of the header, one a line.</param>
    /// <returns>What to pass on, in one line; <see langword="null"/> when the header is empty, or any part of it is not valid.</returns>
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
    /// Whether a value is printable ASCII without another equals sign. The comma cannot occur, because it ends a member; spaces at the end
    /// have been trimmed.
    /// </summary>
    private static bool IsValue(ReadOnlySpan<char> value) =>
        value.Length is > 0 and <= LongestValue && !value.ContainsAnyExceptInRange(' ', '~') && !value.Contains('=');
}
