using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Bookinfo.ServiceDefaults.Configuration;

/// <summary>
/// Reads settings by the names of their environment variables and checks them. An empty value counts as not set, because that is what an
/// empty field of a manifest means.
/// </summary>
/// <param name="configuration">Where the values come from: environment variables and, over them, <c>--NAME=value</c> arguments.</param>
/// <remarks>Every method throws <see cref="InvalidSettingException"/> for a value that is not allowed.</remarks>
public sealed class Settings(IConfiguration configuration)
{
    private static readonly SearchValues<char> OfVersions =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>A text as it stands, or <see langword="null"/> when it is not set.</summary>
    /// <param name="name">The name of the variable.</param>
    public string? Text(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    /// <summary><c>true</c> or <c>false</c>, in any case.</summary>
    /// <param name="name">The name of the variable.</param>
    /// <param name="standard">The value when it is not set.</param>
    public bool Flag(string name, bool standard) => Text(name) switch
    {
        null => standard,
        var text when bool.TryParse(text, out var value) => value,
        var text => throw new InvalidSettingException(name, text, "true or false"),
    };

    /// <summary>A whole number.</summary>
    /// <param name="name">The name of the variable.</param>
    /// <param name="standard">The value when it is not set.</param>
    /// <param name="least">The smallest value that is allowed.</param>
    /// <param name="most">The largest value that is allowed.</param>
    public int Number(string name, int standard, int least, int most) => Text(name) switch
    {
        null => standard,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most => value,
        var text => throw new InvalidSettingException(name, text, $"a whole number from {least} to {most}"),
    };

    /// <summary>One of several words, in any case.</summary>
    /// <param name="name">The name of the variable.</param>
    /// <param name="standard">The word when it is not set.</param>
    /// <param name="others">The other words that are allowed.</param>
    /// <returns>The word in the case in which it is given here.</returns>
    public string Choice(string name, string standard, params string[] others)
    {
        string[] words = [standard, .. others];
        return Text(name) is not { } text
            ? standard
            : words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase))
                ?? throw new InvalidSettingException(name, text, $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}");
    }

    /// <summary>The base address of a server.</summary>
    /// <param name="name">The name of the variable.</param>
    /// <returns>An absolute http or https address without query or user information; <see langword="null"/> when it is not set.</returns>
    public Uri? Address(string name) => Text(name) is { } text
        ? ParseAddress(name, text, static fragment => fragment.Length == 0, "an address such as http://localhost:9080")
        : null;

    /// <summary>The base addresses of several servers, separated by commas, each perhaps with a version as its fragment.</summary>
    /// <param name="name">The name of the variable.</param>
    /// <returns>At least one address, or <see langword="null"/> when it is not set.</returns>
    public IReadOnlyList<Uri>? Addresses(string name) => Text(name) is { } text
        ?
        [
            .. text.Split(',', StringSplitOptions.TrimEntries).Select(
                part => ParseAddress(name, part, IsVersionOrNone, "an address such as http://localhost:9080 or http://localhost:9080#v1")),
        ]
        : null;

    private static Uri ParseAddress(string name, string text, Func<string, bool> allowsFragment, string allowed)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address is not { Port: not 0, Query: "" } || !allowsFragment(address.Fragment))
        {
            throw new InvalidSettingException(name, text, allowed);
        }

        InvalidSettingException.RequireNoUser(name, address, ", such as http://localhost:9080");
        return address;
    }

    /// <summary>Whether a fragment is none, or a version of 1 to 32 letters, digits, '.', '_' and '-'.</summary>
    private static bool IsVersionOrNone(string fragment) =>
        fragment.Length == 0 || (fragment.Length is > 1 and <= 33 && !fragment.AsSpan(1).ContainsAnyExcept(OfVersions));
}
