using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Configuration;
using Bookinfo.ServiceDefaults.Faults;

namespace Bookinfo.Ratings;

/// <summary>
/// The versions of ratings that do something wrong on purpose. They are faults like any others, for the GETs of ratings whose id is a
/// number.
/// </summary>
public static class Misbehavior
{
    private const string Gets = """ "match": { "route": "/ratings/{id?}", "method": "GET" } """;

    private const string Unavailable = """ "abort": { "httpStatus": 503, "message": "Service unavailable" """;

    /// <summary>By the version. The delay is more than productpage waits (6 s), and less than reviews v2 does (10 s).</summary>
    private static readonly Dictionary<string, string> Rules = new()
    {
        ["v-faulty"] = $$"""[{ {{Unavailable}}, "percentage": 50 }, {{Gets}} }]""",
        ["v-delayed"] = $$"""[{ "delay": { "fixedDelay": "7s", "percentage": 50 }, {{Gets}} }]""",
        ["v-unavailable"] = $$"""[{ {{Unavailable}} }, {{Gets}}, "cycle": { "off": "60s", "on": "60s" } }]""",
        ["v-unhealthy"] = $$"""
            [
              { {{Unavailable}} }, {{Gets}}, "cycle": { "off": "15m", "on": "15m" } },
              { "notReady": { "health": true }, "cycle": { "off": "15m", "on": "15m" } }
            ]
            """,
    };

    /// <summary>Reads <c>SERVICE_VERSION</c>.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>What the version does wrong; <see langword="null"/> for nothing.</returns>
    /// <exception cref="InvalidSettingException">It is not allowed.</exception>
    public static FaultPreset? Read(Settings settings)
    {
        const string Version = SettingNames.ServiceVersion;
        return settings.Text(Version) switch
        {
            { } version when Rules.TryGetValue(version, out var rules) =>
                new FaultPreset(version, rules, static request => ProductId.TryParse(request.GetRouteValue("id") as string, out _)),
            // v2 promises what is in a database; made-up ratings under that name would be a lie.
            { } other when other.Trim().Equals("v2", StringComparison.OrdinalIgnoreCase) =>
                throw new InvalidSettingException(Version, other, "v1 until ratings can be read from a database"),
            // Any other name is only a label, but a mistyped misbehavior must not pass for a well-behaved version.
            { } other when other.Trim().StartsWith("v-", StringComparison.OrdinalIgnoreCase) =>
                throw new InvalidSettingException(
                    Version, other, $"v1, {string.Join(", ", Rules.Keys)}, or a label that does not begin with 'v-'"),
            _ => null,
        };
    }
}
