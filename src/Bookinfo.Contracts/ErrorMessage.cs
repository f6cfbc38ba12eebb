using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>The body of every error answer: <c>{"error":"..."}</c>.</summary>
/// <param name="Error">A short message in English.</param>
public sealed record ErrorMessage([property: JsonPropertyName("error")] string? Error);
