using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults;

namespace Bookinfo.ProductPage;

/// <summary>The services that productpage calls.</summary>
/// <param name="options">Where they are.</param>
/// <param name="sessions">Who is signed in.</param>
/// <param name="results">Where finished calls are counted.</param>
/// <param name="headers">How headers are passed on.</param>
/// <param name="time">The clock.</param>
public sealed class Backends(
    ProductPageOptions options, Sessions sessions, RequestResults results, HeaderForwarding headers, TimeProvider time) : IDisposable
{
    private readonly BackendClient _details = BackendClient.ForService(CallPolicy.ProductPageToDetails, time, headers);
    private readonly BackendClient _reviews = BackendClient.ForService(CallPolicy.ProductPageToReviews, time, headers);
    private readonly BackendClient _ratings = BackendClient.ForService(CallPolicy.ProductPageToRatings, time, headers);
    private readonly EndpointRotation _reviewsInTurn = new(options.Reviews);

    // Turns of their own: with two extra calls a page view and three endpoints, the page itself would get the same one every time.
    private readonly EndpointRotation _floodInTurn = new(options.Reviews);

    /// <summary>Calls details.</summary>
    /// <param name="id">The product, as an escaped path segment.</param>
    /// <param name="request">The request that is being answered.</param>
    /// <returns>What came of it.</returns>
    public Task<BackendAnswer> GetDetailsAsync(string id, HttpRequest request) =>
        CallAsync(ServiceCatalog.Details, _details, () => options.Details, id, request);

    /// <summary>Calls reviews, twice when the first try fails.</summary>
    /// <inheritdoc cref="GetDetailsAsync"/>
    public Task<BackendAnswer> GetReviewsAsync(string id, HttpRequest request) =>
        CallAsync(ServiceCatalog.Reviews, _reviews, _reviewsInTurn.Next, id, request);

    /// <summary>Calls ratings.</summary>
    /// <inheritdoc cref="GetDetailsAsync"/>
    public Task<BackendAnswer> GetRatingsAsync(string id, HttpRequest request) =>
        CallAsync(ServiceCatalog.Ratings, _ratings, () => options.Ratings, id, request);

    /// <summary>
    /// Makes as many extra calls to reviews as <c>FLOOD_FACTOR</c> says, all at once. They are counted, tried twice and waited for like any
    /// other, so that a page view never leaves work behind; their answers are ignored.
    /// </summary>
    /// <param name="id">The product, as an escaped path segment.</param>
    /// <param name="request">The request that is being answered.</param>
    /// <returns>A task that ends with the last call.</returns>
    public Task FloodReviewsAsync(string id, HttpRequest request) => options.FloodFactor == 0
        ? Task.CompletedTask
        : Task.WhenAll(Enumerable.Range(0, options.FloodFactor)
            .Select(_ => CallAsync(ServiceCatalog.Reviews, _reviews, _floodInTurn.Next, id, request)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _details.Dispose();
        _reviews.Dispose();
        _ratings.Dispose();
    }

    private async Task<BackendAnswer> CallAsync(
        ServiceDefinition service, BackendClient client, Func<Uri> endpoint, string id, HttpRequest request)
    {
        var user = sessions.UserOf(request);
        var answer = await client.GetAsync(
            endpoint,
            $"/{service.Name}/{id}",
            message => AddHeaders(message, request, user),
            request.HttpContext.RequestAborted);
        results.Count(service.Name, answer.Status ?? StatusCodes.Status500InternalServerError);
        return answer;
    }

    private void AddHeaders(HttpRequestMessage message, HttpRequest request, string? user)
    {
        headers.Copy(request, message);
        // Meshes route on it, so only who is signed in has one.
        message.Headers.Remove(ForwardedHeaders.EndUser);
        if (user is not null)
        {
            // A header value is bytes, one a character: here those of the name in UTF-8.
            message.Headers.TryAddWithoutValidation(ForwardedHeaders.EndUser, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(user)));
        }
    }
}
