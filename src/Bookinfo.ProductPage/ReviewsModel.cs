using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults;

namespace Bookinfo.ProductPage;

/// <summary>The reviews of a book as the page shows them.</summary>
/// <param name="Reviews">The reviews; empty when there are none.</param>
/// <param name="PodName">The pod that served them, or <see langword="null"/>.</param>
/// <param name="ClusterName">The cluster that it runs in, or <see langword="null"/> when none is known.</param>
/// <param name="Error">Why there are none, or <see langword="null"/>.</param>
public sealed record ReviewsModel(IReadOnlyList<Review> Reviews, string? PodName, string? ClusterName, string? Error)
{
    /// <summary>Reads the answer of reviews.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>What to show.</returns>
    public static ReviewsModel From(BackendAnswer answer) => answer.Read(WireJson.Context.ProductReviews) is { Reviews: { } reviews } product
        ? new ReviewsModel(
            [.. reviews.OfType<Review>()],
            product.PodName,
            // 'null' is how a service without a cluster name says so.
            product.ClusterName is null or "null" ? null : product.ClusterName,
            Error: null)
        : new ReviewsModel([], null, null, BackendErrors.Reviews);
}
