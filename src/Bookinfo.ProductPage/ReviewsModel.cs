using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;

namespace Bookinfo.ProductPage;

/// <summary>The reviews of a book as the page shows them.</summary>
/// <param name="Reviews">The reviews; empty when there are none.</param>
/// <param name="PodName">The pod that served them, or <see langword="null"/>.</param>
/// <param name="ClusterName">The cluster that it runs in, or <see langword="null"/> when none is known.</param>
/// <param name="Error">Why there are none, or <see langword="null"/>.</param>
public sealed record ReviewsModel(IReadOnlyList<Review> Reviews, string? PodName, string? ClusterName, string? Error)
{
    /// <summary>
    /// The most reviews that the page shows. The answer of a backend may have hundreds of thousands, and a page of them would take more
    /// memory than a pod has.
    /// </summary>
    public const int Most = 1000;

    /// <summary>Reads the answer of reviews.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>What to show.</returns>
    public static ReviewsModel From(BackendAnswer answer)
    {
        try
        {
            if (answer.IsOk)
            {
                using var json = JsonDocument.Parse(answer.Body);
                return From(json.RootElement);
            }
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Shown as what it is to a visitor: no reviews.
            answer.Reject();
        }

        return new ReviewsModel([], null, null, BackendErrors.Reviews);
    }

    // By hand: into records it takes 1.1 KB more for each page.
    private static ReviewsModel From(JsonElement product)
    {
        var reviews = product.GetProperty("reviews");
        if (reviews.GetArrayLength() > Most)
        {
            throw new FormatException($"More than {Most} reviews.");
        }

        var shown = new List<Review>(reviews.GetArrayLength());
        foreach (var review in reviews.EnumerateArray())
        {
            if (review.ValueKind != JsonValueKind.Null)
            {
                shown.Add(new Review(TextOf(review, "reviewer"), TextOf(review, "text"), RatingOf(review)));
            }
        }

        return new ReviewsModel(
            shown,
            TextOf(product, "podname"),
            // 'null' is how a service without a cluster name says so.
            TextOf(product, "clustername") is { } cluster and not "null" ? cluster : null,
            Error: null);
    }

    private static ReviewRating? RatingOf(JsonElement review) =>
        review.TryGetProperty("rating", out var rating) && rating.ValueKind != JsonValueKind.Null
            ? new ReviewRating(
                rating.TryGetProperty("stars", out var stars) && WholeNumber.TryRead(stars, out var count) ? count : null,
                TextOf(rating, "color"),
                TextOf(rating, "error"))
            : null;

    private static string? TextOf(JsonElement element, string key) => element.TryGetProperty(key, out var value) ? value.GetString() : null;
}
