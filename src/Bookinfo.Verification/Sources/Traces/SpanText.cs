namespace Bookinfo.Verification;

/// <summary>What a span says besides what it is about, for those who want to know more. Spans that say the same share it.</summary>
/// <param name="Name">The name of the span.</param>
/// <param name="Attributes">Those of the attributes that were asked for that it has.</param>
public sealed record SpanText(string Name, IReadOnlyDictionary<string, string> Attributes);
