using System.Text.Json.Serialization;

namespace Bookinfo.Contracts;

/// <summary>The answer of reviews to <c>GET /reviews/{id}</c>.</summary>
/// <param name="Id">The id that was asked for: here, unlike in details and ratings, a string.</param>
/// <param name="PodName">The pod that answered (<c>HOSTNAME</c>), or the string <c>null</c>.</param>
/// <param name="ClusterName">The cluster that it runs in (<c>CLUSTER_NAME</c>), or the string <c>null</c>.</param>
/// <param name="Reviews">The reviews.</param>
public sealed record ProductReviews(
    [property: JsonPropertyName("id")] string? Id,
    [property: JsonPropertyName("podname")] string? PodName,
    [property: JsonPropertyName("clustername")] string? ClusterName,
    [property: JsonPropertyName("reviews")] IReadOnlyList<Review?>? Reviews);

/// <summary>How <see cref="ProductReviews"/> is written and read as JSON.</summary>
[JsonSerializable(typeof(ProductReviews))]
public sealed partial class ProductReviewsJson : JsonSerializerContext;
