namespace Bookinfo.Otlp;

/// <summary>A data point of a metric as it was sent.</summary>
/// <param name="Resource">What made it: the attributes of the resource.</param>
/// <param name="Scope">The name of the instrumentation scope.</param>
/// <param name="Name">The name of the metric.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Attributes">The attributes of the point.</param>
/// <param name="Count">How many values a histogram has taken; 0 for a number.</param>
/// <param name="Value">The sum of a histogram, or the number.</param>
public sealed record OtlpMetricPoint(
    IReadOnlyDictionary<string, object> Resource,
    string Scope,
    string Name,
    string Unit,
    IReadOnlyDictionary<string, object> Attributes,
    ulong Count,
    double Value);
