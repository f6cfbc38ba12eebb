using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>One review of a product.</summary>
/// <param name="Reviewer">The reviewer's name, the key of their stars in the answer of ratings.</param>
/// <param name="Text">What they wrote.</param>
/// <param name="Rating">Their stars; absent from the JSON where the version of reviews does not call ratings (v1).</param>
public sealed record Review(
    [property: JsonPropertyName("reviewer")] string? Reviewer,
    [property: JsonPropertyName("text")] string? Text,
    [property: JsonPropertyName("rating"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReviewRating? Rating = null);
