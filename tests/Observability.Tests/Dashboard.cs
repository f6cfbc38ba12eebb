using System.Text.Json;

namespace Observability.Tests;

/// <summary>A dashboard, read from its file.</summary>
internal sealed record Dashboard(string File, JsonElement Json)
{
    public static IReadOnlyList<Dashboard> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(ObservabilityFiles.Grafana, "dashboards"), "*.json").Order()
            .Select(file => new Dashboard(Path.GetFileName(file), JsonDocument.Parse(System.IO.File.ReadAllText(file)).RootElement)),
    ];

    public string Uid => Json.GetProperty("uid").GetString()!;

    public IReadOnlyList<JsonElement> Rows => [.. Json.GetProperty("panels").EnumerateArray().Where(IsRow)];

    /// <summary>The panels that show something.</summary>
    public IReadOnlyList<DashboardPanel> Panels =>
        [.. Json.GetProperty("panels").EnumerateArray().Where(panel => !IsRow(panel)).Select(panel => new DashboardPanel(this, panel))];

    public IReadOnlyList<JsonElement> Variables => [.. Json.GetProperty("templating").GetProperty("list").EnumerateArray()];

    /// <summary>The expressions of annotations, which do not belong to a panel.</summary>
    public IReadOnlyList<string> AnnotationExpressions =>
        [.. Json.GetProperty("annotations").GetProperty("list")
            .EnumerateArray().Where(list => list.TryGetProperty("expr", out _)).Select(list => list.GetProperty("expr").GetString()!)];

    /// <summary>Puts values in the place of variables: all namespaces and services, and a range in which everything has happened.</summary>
    public static string Substitute(string expression) => expression
        .Replace("$__rate_interval", "5m", StringComparison.Ordinal)
        .Replace("$namespace", ".*", StringComparison.Ordinal)
        .Replace("$service", ".*", StringComparison.Ordinal);

    private static bool IsRow(JsonElement panel) => panel.GetProperty("type").GetString() == "row";
}
