using System.Runtime.CompilerServices;

namespace Observability.Tests;

/// <summary>The files under test.</summary>
internal static class ObservabilityFiles
{
    public static string Root { get; } = FindRoot();

    public static string Prometheus { get; } = Path.Combine(Root, "observability", "prometheus");

    public static string Configuration { get; } = Path.Combine(Prometheus, "prometheus.yml");

    /// <summary>The rule files; that the configuration names them all is checked as well.</summary>
    public static IReadOnlyList<string> RuleFiles { get; } = [Path.Combine(Prometheus, "rules.yml"), Path.Combine(Prometheus, "alerts.yml")];

    public static string Grafana { get; } = Path.Combine(Root, "observability", "grafana");

    public static string ReadMe { get; } = Path.Combine(Root, "observability", "README.md");

    private static string FindRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(file, "../../.."));
}
