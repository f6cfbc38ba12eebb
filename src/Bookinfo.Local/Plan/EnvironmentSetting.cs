using System.Diagnostics.CodeAnalysis;
using Bookinfo.Contracts;

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
            SettingNames.StopWhenStdinCloses,
        ];

    /// <summary>What a setting may be for, in the catalog's order.</summary>
    public static IReadOnlyList<string> Targets { get; } =
        [.. ServiceCatalog.All.SelectMany(service => service.Versions.Select(version => version.Name).Prepend(service.Name))];

    /// <summary>
    /// How closely the setting is aimed: what is said of one version wins over what is said of its service, and that over what is said of
    /// all.
    /// </summary>
    public int Precision => Target is null ? 0 : ServiceCatalog.All.Any(service => service.Name == Target) ? 1 : 2;

    /// <summary>Reads a setting.</summary>
    /// <param name="text">What the user typed.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="error">What is wrong with it and what is allowed, in one line.</param>
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
            error = $"'{text}' is not allowed: it must be [service:]NAME=VALUE, such as ratings:SERVICE_VERSION=v-delayed.";
        }
        else if (target is not null && !Targets.Contains(target))
        {
            error = $"'{target}' in '{text}' is not a service: it must be one of {string.Join(", ", Targets)}.";
        }
        else if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            error = $"{name} is set by 'up' itself; --port and --backend-port choose the ports.";
        }
        else
        {
            setting = new EnvironmentSetting(target, name, text[(equals + 1)..]);
        }

        return setting is not null;
    }

    /// <summary>Whether a version gets the setting.</summary>
    /// <param name="version">The version.</param>
    public bool IsFor(ServiceVersion version) => Target is null || Target == version.Service || Target == version.Name;
}
