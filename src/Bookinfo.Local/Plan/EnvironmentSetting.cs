using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Bookinfo.Contracts;
using Bookinfo.Foundation;

namespace Bookinfo.Local;

/// <summary>An environment variable for the services: <c>[service:]NAME=VALUE</c>.</summary>
/// <param name="Target">The service (<c>reviews</c>) or version (<c>reviews-v2</c>) that gets it; <see langword="null"/> for all.</param>
/// <param name="Name">The name of the variable.</param>
/// <param name="Value">Its value; empty counts as not set.</param>
public sealed record EnvironmentSetting(string? Target, string Name, string Value)
{
    /// <summary>Those with which the tool holds the processes together. A service that got them wrong would be lost to it.</summary>
    private static readonly string[] Reserved =
        [
            "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "DOTNET_URLS", "DOTNET_HTTP_PORTS", "URLS", "HTTP_PORTS",
            SettingNames.StopWhenStdinCloses, SettingNames.ManagementListen,
        ];

    /// <summary>How the names begin that .NET and OpenTelemetry look for, of which the services' settings are only a part.</summary>
    private static readonly string[] LibraryPrefixes = ["DOTNET_", TelemetrySettingNames.Prefix];

    /// <summary>
    /// How closely the setting is aimed: what is said of one version wins over what is said of its service, and that over what is said of
    /// all.
    /// </summary>
    public int Precision => Target is null ? 0 : ServiceCatalog.All.Any(service => service.Name == Target) ? 1 : 2;

    /// <summary>Reads a setting.</summary>
    /// <param name="text">What the user typed.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="error">What is wrong with it and what is allowed, in one line without the value, which may be a secret.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out EnvironmentSetting? setting, [NotNullWhen(false)] out string? error)
    {
        setting = null;
        error = null;
        var equals = text.IndexOf('=');
        var left = equals < 0 ? text : text[..equals];
        var colon = left.IndexOf(':');
        var target = colon < 0 ? null : left[..colon];
        var name = left[(colon + 1)..];
        if (equals < 0 || name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            var shown = equals < 0 ? left : $"{left}=...";
            error = $"'{shown}' is not allowed: it must be [service:]NAME=VALUE, such as ratings:SERVICE_VERSION=v-delayed.";
        }
        else if (target is not null && !ServiceCatalog.ServicesAndVersions.Contains(target))
        {
            error = $"'{target}' in '{left}=...' is not a service: it must be one of "
                + $"{string.Join(", ", ServiceCatalog.ServicesAndVersions)}.";
        }
        else if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            error = $"{name} is set by 'up' itself; --port, --backend-port and --management-port choose the ports.";
        }
        else if (FindMeant(name) is { Length: > 0 } meant)
        {
            error = $"'{left}=...' is not a setting of any service.{meant}";
        }
        else
        {
            setting = new EnvironmentSetting(target, name, text[(equals + 1)..]);
        }

        return setting is not null;
    }

    /// <summary>Whether no service has such a setting. It is passed on all the same: libraries have variables of their own.</summary>
    public bool IsUnknown =>
        !SettingNames.Contains(Name) && !LibraryPrefixes.Any(prefix => Name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether a version gets the setting.</summary>
    /// <param name="version">The version.</param>
    public bool IsFor(ServiceVersion version) => Target is null || Target == version.Service || Target == version.Name;

    /// <summary>What a name is likely to mean that is almost that of a setting: the case of a name matters, except on Windows.</summary>
    private static string FindMeant(string name)
    {
        var other = SettingNames.Known.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return other is null ? NearestName.Suggest(name, SettingNames.Known)
            : other == name || OperatingSystem.IsWindows() ? ""
            : $" Did you mean {other}?";
    }
}

/// <summary>
/// What the services inherit of the user's environment: everything but what a service would take for its own configuration. A shell in
/// which somebody worked on a service by hand, or a shell in a Kubernetes pod (<c>DETAILS_SERVICE_PORT</c>), must not change what runs.
/// </summary>
/// <remarks>
/// <c>FLOOD_FACTOR</c>, <c>SESSION_KEY</c> and <c>OTEL_*</c> are not the properties of one service, and do go through; for the others
/// there is <c>--env</c>.
/// </remarks>
public static class InheritedEnvironment
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

    /// <summary>Finds the settings in the user's environment that are not passed on, which somebody may have meant for a service.</summary>
    /// <param name="variables">The user's environment.</param>
    /// <returns>Their names, in order.</returns>
    public static IReadOnlyList<string> FindLeftOut(IDictionary variables) =>
    [
        .. SettingNames.All
            .Where(name => IsRemoved(name) && !IsOfMachine(name) && variables[name] is string { Length: > 0 })
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Selects what a build inherits: everything but what MSBuild would take for properties of a solution, which has no platform
    /// <c>linux/amd64</c>, and is built for no single runtime. What projects would take for properties of theirs, Directory.Build.props
    /// takes back.
    /// </summary>
    /// <param name="variables">The user's environment.</param>
    public static Dictionary<string, string> SelectForBuild(IDictionary variables) => variables.Keys.Cast<string>()
        .Where(name => !RemovedForBuild.Contains(name))
        .ToDictionary(name => name, name => (string?)variables[name] ?? "");

    /// <summary>Whether a variable is there without anybody's doing: in shells, in images with .NET, in pods.</summary>
    private static bool IsOfMachine(string name) =>
        name == SettingNames.Hostname
        || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("K8S_", StringComparison.Ordinal)
        || name.EndsWith("_SERVICE_PORT", StringComparison.Ordinal);

    private static bool IsRemoved(string name) =>
        Removed.Contains(name) || RemovedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
