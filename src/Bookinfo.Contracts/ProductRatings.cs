using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>The answer of ratings to <c>GET</c> and <c>POST /ratings/{id}</c>.</summary>
/// <param name="Id">The id that was asked for.</param>
/// <param name="Ratings">Stars (0 to 5) by reviewer name, in the order in which they were posted.</param>
public sealed record ProductRatings(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("ratings")] IReadOnlyDictionary<string, int> Ratings);

/// <summary>How <see cref="ProductRatings"/> is written and read as JSON.</summary>
[JsonSerializable(typeof(ProductRatings))]
public sealed partial class ProductRatingsJson : JsonSerializerContext;
