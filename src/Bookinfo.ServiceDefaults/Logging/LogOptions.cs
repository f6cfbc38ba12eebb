using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;

namespace Bookinfo.ServiceDefaults.Logging;

/// <summary>What is written to stdout.</summary>
/// <param name="Access">Whether each request is logged.</param>
/// <param name="Format">How lines are written.</param>
internal sealed record LogOptions(bool Access, LogFormat Format)
{
    /// <summary>Reads <c>ACCESS_LOG</c> (on or off) and <c>LOG_FORMAT</c> (json or text).</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The options.</returns>
    /// <exception cref="InvalidSettingException">A setting is not allowed.</exception>
    public static LogOptions Read(Settings settings) => new(
        Access: settings.Choice(SettingNames.AccessLog, "on", "off") == "on",
        Format: settings.Choice(SettingNames.LogFormat, "json", "text") == "json" ? LogFormat.Json : LogFormat.Text);
}
