using Bookinfo.Contracts;

namespace Bookinfo.Measurement;

/// <summary>
/// The environment variables of a service that differ from the usual ones, for a file that others may read. The value of a variable is only
/// kept if it is known to be harmless: of all others, such as the address of a collector or headers for it, only <see cref="IsSet"/> is
/// kept.
/// </summary>
public static class UnusualVariables
{
    /// <summary>What stands for a value that may be a secret.</summary>
    public const string IsSet = "set";

    /// <summary>Settings whose values may contain passwords or keys.</summary>
    private static readonly HashSet<string> MayBeSecret = new(StringComparer.OrdinalIgnoreCase)
    {
        SettingNames.ExternalBookServiceUrl, SettingNames.ReviewsEndpoints, SettingNames.TracePageUrl, SettingNames.Urls,
        "OTEL_RESOURCE_ATTRIBUTES",
    };

    /// <summary>The ends of the names of such settings of OpenTelemetry.</summary>
    private static readonly string[] EndsOfSecrets = ["_ENDPOINT", "_HEADERS", "_CERTIFICATE", "_KEY", "_PATH"];

    /// <summary>The beginnings of the names of variables by which .NET's runtime is tuned.</summary>
    private static readonly string[] OfRuntime =
    [
        "DOTNET_GC", "DOTNET_PROCESSOR_COUNT", "DOTNET_ReadyToRun", "DOTNET_SYSTEM_NET_", "DOTNET_TC_", "DOTNET_ThreadPool",
        "DOTNET_Tiered",
    ];

    /// <summary>Whether a variable configures a service or its runtime, and may be inherited from a shell.</summary>
    /// <param name="name">Its name.</param>
    public static bool IsSetting(string name) => SettingNames.Contains(name) || IsOfRuntime(name);

    /// <summary>Finds the variables that differ.</summary>
    /// <param name="actual">The variables of the service; an empty value counts as not set.</param>
    /// <param name="usual">The variables that it usually has.</param>
    /// <returns>Names with values, in the order of the names; an empty value for one that is usually set and now is not.</returns>
    public static IReadOnlyDictionary<string, string> Find(
        IReadOnlyDictionary<string, string> actual, IReadOnlyDictionary<string, string> usual) =>
        actual.Keys.Union(usual.Keys)
            // Random in each run, and without any effect on what is measured.
            .Where(name => name != SettingNames.SessionKey)
            .Where(name => actual.GetValueOrDefault(name, "") != usual.GetValueOrDefault(name, ""))
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name, name => Shown(name, actual.GetValueOrDefault(name, "")));

    private static string Shown(string name, string value) => value.Length == 0 || IsHarmless(name) ? OneLineText.Of(value) : IsSet;

    private static bool IsHarmless(string name) =>
        IsOfRuntime(name)
        || (SettingNames.Contains(name)
            && !MayBeSecret.Contains(name)
            && !(name.StartsWith(TelemetrySettingNames.Prefix, StringComparison.OrdinalIgnoreCase)
                && EndsOfSecrets.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase))));

    private static bool IsOfRuntime(string name) => OfRuntime.Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase));
}
