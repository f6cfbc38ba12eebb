using System.Text.Json;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;

namespace Bookinfo.Reviews;

/// <summary>Asks ratings for the stars of a product.</summary>
/// <param name="options">How long to wait.</param>
/// <param name="headers">How headers are passed on.</param>
/// <param name="clients">What makes clients.</param>
public sealed class RatingsClient(ReviewsOptions options, HeaderForwarding headers, BackendClients clients) : IDisposable
{
    private readonly BackendClient _client = clients.ForService(
        ServiceCatalog.Ratings, (message, request) => headers.Copy(request, message), policy: options.RatingsPolicy);

    /// <summary>Gets the stars of a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="request">The request that is being answered, whose headers are passed on.</param>
    /// <returns>
    /// Stars by reviewer; empty when ratings is unreachable, slow, does not answer 200, or answers something else than ratings.
    /// </returns>
    public async Task<IReadOnlyDictionary<string, int>> GetStarsAsync(long product, HttpRequest request)
    {
        using var answer = await _client.GetAsync(request.HttpContext, $"/ratings/{product}");
        if (answer.IsOk && ReadStars(answer.Body) is { } stars)
        {
            return stars;
        }

        answer.Reject();
        return new Dictionary<string, int>();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>
    /// What is there and usable counts: one reviewer's stars do not depend on whether another's are missing. <see langword="null"/> when
    /// these are not ratings.
    /// </summary>
    private static Dictionary<string, int>? ReadStars(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("ratings", out var ratings)
                || ratings.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var stars = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var reviewer in ReviewTexts.Reviewers)
            {
                if (ratings.TryGetProperty(reviewer, out var value) && WholeNumber.TryRead(value, out var count))
                {
                    stars[reviewer] = count;
                }
            }

            return stars;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is not valid text, with half of a surrogate pair in it.
            return null;
        }
    }
}
