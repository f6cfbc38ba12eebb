namespace Observability.Tests;

/// <summary>A series and its value at one moment.</summary>
internal sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, string Value)
{
    public string? Label(string name) => Labels.GetValueOrDefault(name);
}
