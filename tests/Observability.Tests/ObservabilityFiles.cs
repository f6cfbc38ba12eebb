using System.Text.RegularExpressions;
using Bookinfo.Local;
using Bookinfo.Testing;

namespace Observability.Tests;

/// <summary>The files under test.</summary>
internal static partial class ObservabilityFiles
{
    public static string Prometheus { get; } = Path.Combine(WorkingCopy.Root, "observability", "prometheus");

    public static string Configuration { get; } = Path.Combine(Prometheus, "prometheus.yml");

    /// <summary>The rule files; that the configuration names them all is checked as well.</summary>
    public static IReadOnlyList<string> RuleFiles { get; } =
    [
        Path.Combine(Prometheus, "rules.yml"), Path.Combine(Prometheus, "alerts.yml"),
    ];

    /// <summary>The configuration, changed to scrape other ports, once a second.</summary>
    /// <param name="ports">The ports of the services, by those that the configuration names.</param>
    public static string ConfigurationWith(IReadOnlyDictionary<int, int> ports) =>
        Interval().Replace(PrometheusFiles.WithPorts(File.ReadAllText(Configuration), ports), "$1 1s");

    public static string Grafana { get; } = Path.Combine(WorkingCopy.Root, "observability", "grafana");

    public static string ReadMe { get; } = Path.Combine(WorkingCopy.Root, "observability", "README.md");

    [GeneratedRegex(@"((?:scrape|evaluation)_interval:) 5s")]
    private static partial Regex Interval();
}
