using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>The stars of a review, or why there are none: <c>{"stars":5,"color":"black"}</c> or <c>{"error":"..."}</c>.</summary>
/// <param name="Stars">The number of stars, 0 to 5.</param>
/// <param name="Color">The color of the stars, from <c>STAR_COLOR</c> of the reviews version that answered.</param>
/// <param name="Error">Why there are no stars.</param>
public sealed record ReviewRating(
    [property: JsonPropertyName("stars"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Stars = null,
    [property: JsonPropertyName("color"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Color = null,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);
