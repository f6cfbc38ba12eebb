namespace Bookinfo.Testing;

/// <summary>A line of the text that Prometheus scrapes.</summary>
/// <param name="Name">The name, such as <c>http_server_request_duration_seconds_count</c>.</param>
/// <param name="Family">
/// The family that it belongs to, by the last TYPE line: the name without <c>_count</c>, <c>_bucket</c> and so on.
/// </param>
/// <param name="Type">The type of the family, such as <c>histogram</c>.</param>
/// <param name="Labels">The labels.</param>
/// <param name="Value">The value.</param>
/// <param name="Exemplar">The labels of the exemplar, or <see langword="null"/>.</param>
public sealed record PrometheusSample(
    string Name,
    string Family,
    string Type,
    IReadOnlyDictionary<string, string> Labels,
    double Value,
    IReadOnlyDictionary<string, string>? Exemplar)
{
    /// <summary>A label, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    public string? this[string name] => Labels.GetValueOrDefault(name);

    /// <summary>The name and the labels in a fixed order: what makes a series one of its own.</summary>
    public string Series => $"{Name}{{"
        + string.Join(',', Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}=\"{label.Value}\""))
        + "}";
}
