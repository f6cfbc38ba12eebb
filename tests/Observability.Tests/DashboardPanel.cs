using System.Text.Json;

namespace Observability.Tests;

/// <summary>A panel of a dashboard.</summary>
internal sealed record DashboardPanel(Dashboard Dashboard, JsonElement Json)
{
    public string Title => Json.GetProperty("title").GetString()!;

    public IReadOnlyList<JsonElement> Targets => [.. Json.GetProperty("targets").EnumerateArray()];

    public IReadOnlyList<string> Expressions => [.. Targets.Select(target => target.GetProperty("expr").GetString()!)];

    public bool HasExemplars => Targets.Any(target => target.TryGetProperty("exemplar", out var exemplar) && exemplar.GetBoolean());

    public override string ToString() => $"{Dashboard.File}, '{Title}'";
}
