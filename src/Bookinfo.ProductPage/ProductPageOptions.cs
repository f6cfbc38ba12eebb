using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ProductPage;

/// <summary>The settings of productpage.</summary>
/// <param name="FloodFactor">How many extra calls to reviews each page view makes.</param>
/// <param name="SessionKey">The key of the session cookies, or <see langword="null"/> when none was given.</param>
/// <param name="TracePage">Where to look at a trace, or <see langword="null"/> when that was not said.</param>
public sealed record ProductPageOptions(int FloodFactor, byte[]? SessionKey, TracePage? TracePage)
{
    /// <summary>The fewest characters that <c>SESSION_KEY</c> may have.</summary>
    public const int ShortestSessionKey = 16;

    /// <summary>
    /// Reads <c>FLOOD_FACTOR</c> (0 to 1000, 0 when not set), <c>SESSION_KEY</c> (at least 16 characters) and <c>TRACE_PAGE_URL</c>.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static ProductPageOptions Read(Settings settings) => new(
        settings.Number(SettingNames.FloodFactor, standard: 0, least: 0, most: 1000),
        ReadSessionKey(settings),
        TracePage.Read(settings));

    private static byte[]? ReadSessionKey(Settings settings) => settings.Text(SettingNames.SessionKey) switch
    {
        null => null,
        // The line must not show it: it would end up in a log.
        { Length: < ShortestSessionKey } text => throw new InvalidSettingException(
            $"SESSION_KEY has {text.Length} characters, which is too easy to guess: it must have at least {ShortestSessionKey}."),
        var text => Encoding.UTF8.GetBytes(text),
    };
}
