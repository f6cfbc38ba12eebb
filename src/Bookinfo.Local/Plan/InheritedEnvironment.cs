using System.Collections;
using Bookinfo.Contracts;

namespace Bookinfo.Local;

/// <summary>
/// What the services inherit of the user's environment: everything but what a service would take for its own configuration. A shell in
/// which somebody worked on a service by hand, or a shell in a Kubernetes pod (<c>DETAILS_SERVICE_PORT</c>), must not change what runs.
/// </summary>
/// <remarks>
/// <c>FLOOD_FACTOR</c>, <c>SESSION_KEY</c> and <c>OTEL_*</c> are not the properties of one service, and do go through; for the others
/// there is <c>--env</c>.
/// </remarks>
internal static class InheritedEnvironment
{
    private static readonly HashSet<string> Removed = new(SettingNames.OfOneService, StringComparer.OrdinalIgnoreCase)
    {
        // The host takes its addresses and its environment from these as well.
        "URLS", "HTTP_PORTS", "HTTPS_PORTS", "ENVIRONMENT", "CONTENTROOT", "APPLICATIONNAME",
        "DOTNET_URLS", "DOTNET_HTTP_PORTS", "DOTNET_HTTPS_PORTS", "DOTNET_ENVIRONMENT", "DOTNET_CONTENTROOT", "DOTNET_APPLICATIONNAME",
    };

    private static readonly HashSet<string> RemovedForBuild = new(StringComparer.OrdinalIgnoreCase) { "PLATFORM", "RUNTIMEIDENTIFIER" };

    private static readonly string[] RemovedPrefixes = ["ASPNETCORE_", .. SettingNames.PrefixesOfOneService];

    /// <summary>Selects what is inherited.</summary>
    /// <param name="variables">The user's environment.</param>
    public static Dictionary<string, string> Select(IDictionary variables) => variables.Keys.Cast<string>()
        .Select(name => (Name: name, Value: (string?)variables[name] ?? ""))
        .Where(variable => !IsRemoved(variable.Name))
        .ToDictionary(
            variable => variable.Name,
            variable => variable.Value,
            OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>
    /// Selects what a build inherits: everything but what MSBuild would take for properties of a solution, which has no platform
    /// <c>linux/amd64</c>, and is built for no single runtime. What projects would take for properties of theirs, Directory.Build.props
    /// takes back.
    /// </summary>
    /// <param name="variables">The user's environment.</param>
    public static Dictionary<string, string> SelectForBuild(IDictionary variables) => variables.Keys.Cast<string>()
        .Where(name => !RemovedForBuild.Contains(name))
        .ToDictionary(name => name, name => (string?)variables[name] ?? "");

    private static bool IsRemoved(string name) =>
        Removed.Contains(name) || RemovedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
