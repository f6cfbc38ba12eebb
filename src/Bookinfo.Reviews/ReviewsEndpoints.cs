using System.Globalization;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bookinfo.Reviews;

/// <summary>The endpoints of reviews.</summary>
public static class ReviewsEndpoints
{
    private static readonly ReviewRating Unavailable = new(Error: PageTexts.RatingsMissing);

    /// <summary>Adds the endpoints to an application.</summary>
    /// <param name="app">The application.</param>
    public static void MapReviews(this WebApplication app)
    {
        app.MapMethods("/health", ReadMethods.GetAndHead, Health);
        // Taken here, once: whoever asks for a service while a request is answered has a scope made for that request.
        var options = app.Services.GetRequiredService<ReviewsOptions>();
        var ratings = options.EnableRatings ? app.Services.GetRequiredService<RatingsClient>() : null;
        app.MapMethods(
            "/reviews/{id}", ReadMethods.GetAndHead, (string id, HttpRequest request) => GetReviewsAsync(id, options, ratings, request));
    }

    private static JsonAnswer<HealthStatus> Health() => new(new HealthStatus("Reviews is healthy"), HealthStatusJson.Default.HealthStatus);

    private static async Task<Results<JsonAnswer<ProductReviews>, JsonAnswer<ErrorMessage>>> GetReviewsAsync(
        string id, ReviewsOptions options, RatingsClient? ratings, HttpRequest request)
    {
        if (!ProductId.TryParse(id, out var product))
        {
            // 404 and not 400 as in details and ratings: the original's path matches integers only.
            return JsonAnswer.Error(StatusCodes.Status404NotFound, "not found");
        }

        var stars = ratings is null ? null : await ratings.GetStarsAsync(product, request);
        return new JsonAnswer<ProductReviews>(
            new ProductReviews(
                product.ToString(CultureInfo.InvariantCulture), options.PodName, options.ClusterName, ReviewsWith(stars, options)),
            ProductReviewsJson.Default.ProductReviews);
    }

    /// <summary>A review of each reviewer. Made in a loop, they cost a request 200 bytes less than by a query.</summary>
    private static Review[] ReviewsWith(IReadOnlyDictionary<string, int>? stars, ReviewsOptions options)
    {
        var reviews = new Review[ReviewTexts.Reviewers.Length];
        for (var index = 0; index < reviews.Length; index++)
        {
            var reviewer = ReviewTexts.Reviewers[index];
            reviews[index] = new Review(reviewer, ReviewTexts.Of(reviewer), RatingOf(reviewer, stars, options));
        }

        return reviews;
    }

    private static ReviewRating? RatingOf(string reviewer, IReadOnlyDictionary<string, int>? stars, ReviewsOptions options)
    {
        if (stars is null)
        {
            return null;
        }

        return stars.TryGetValue(reviewer, out var count) ? new ReviewRating(count, options.StarColor) : Unavailable;
    }
}
