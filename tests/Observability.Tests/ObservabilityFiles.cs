using Bookinfo.Testing;

namespace Observability.Tests;

/// <summary>The files under test.</summary>
internal static class ObservabilityFiles
{
    public static string Prometheus { get; } = Path.Combine(WorkingCopy.Root, "observability", "prometheus");

    public static string Configuration { get; } = Path.Combine(Prometheus, "prometheus.yml");

    /// <summary>The rule files; that the configuration names them all is checked as well.</summary>
    public static IReadOnlyList<string> RuleFiles { get; } =
    [
        Path.Combine(Prometheus, "rules.yml"), Path.Combine(Prometheus, "alerts.yml"),
    ];

    public static string Grafana { get; } = Path.Combine(WorkingCopy.Root, "observability", "grafana");

    public static string ReadMe { get; } = Path.Combine(WorkingCopy.Root, "observability", "README.md");
}
