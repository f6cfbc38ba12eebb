using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>The body of every error answer: <c>{"error":"..."}</c>.</summary>
/// <param name="Error">A short message in English.</param>
public sealed record ErrorMessage([property: JsonPropertyName("error")] string? Error);

/// <summary>How <see cref="ErrorMessage"/> is written and read as JSON.</summary>
[JsonSerializable(typeof(ErrorMessage))]
public sealed partial class ErrorMessageJson : JsonSerializerContext;
