namespace Bookinfo.ToolTesting;

/// <summary>A series and its value at one moment.</summary>
public sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, string Value)
{
    public string? Label(string name) => Labels.GetValueOrDefault(name);
}
