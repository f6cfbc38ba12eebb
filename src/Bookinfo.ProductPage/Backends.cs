using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults;

namespace Bookinfo.ProductPage;

/// <summary>The services that productpage calls.</summary>
/// <param name="options">Where they are.</param>
/// <param name="sessions">Who is signed in.</param>
/// <param name="results">Where finished calls are counted.</param>
/// <param name="headers">How headers are passed on.</param>
/// <param name="clients">What makes clients.</param>
public sealed class Backends(
    ProductPageOptions options, Sessions sessions, RequestResults results, HeaderForwarding headers, BackendClients clients) : IDisposable
{
    private readonly BackendClient _details = clients.ForService(ServiceCatalog.Details, CallPolicy.ProductPageToDetails);
    private readonly BackendClient _reviews = clients.ForService(ServiceCatalog.Reviews, CallPolicy.ProductPageToReviews);
    private readonly BackendClient _ratings = clients.ForService(ServiceCatalog.Ratings, CallPolicy.ProductPageToRatings);
    private readonly EndpointRotation _reviewsInTurn = new(options.Reviews);

    // Turns of their own: with two extra calls a page view and three endpoints, the page itself would get the same one every time.
    private readonly EndpointRotation _floodInTurn = new(options.Reviews);

    /// <summary>Calls details.</summary>
    /// <param name="id">The product, as an escaped path segment.</param>
    /// <param name="request">The request that is being answered.</param>
    /// <returns>What came of it.</returns>
    public Task<BackendAnswer> GetDetailsAsync(string id, HttpRequest request) =>
        CallAsync(ServiceCatalog.Details, _details.GetAsync, () => options.Details, id, request);

    /// <summary>Calls reviews, twice when the first try fails.</summary>
    /// <inheritdoc cref="GetDetailsAsync"/>
    public Task<BackendAnswer> GetReviewsAsync(string id, HttpRequest request) =>
        CallAsync(ServiceCatalog.Reviews, _reviews.GetAsync, _reviewsInTurn.Next, id, request);

    /// <summary>Calls ratings.</summary>
    /// <inheritdoc cref="GetDetailsAsync"/>
    public Task<BackendAnswer> GetRatingsAsync(string id, HttpRequest request) =>
        CallAsync(ServiceCatalog.Ratings, _ratings.GetAsync, () => options.Ratings, id, request);

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
            .Select(_ => CallAsync(ServiceCatalog.Reviews, _reviews.GetAsideAsync, _floodInTurn.Next, id, request)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _details.Dispose();
        _reviews.Dispose();
        _ratings.Dispose();
    }

    private async Task<BackendAnswer> CallAsync(
        ServiceDefinition service,
        Func<HttpContext, Func<Uri>, string, Action<HttpRequestMessage>, Task<BackendAnswer>> get,
        Func<Uri> endpoint,
        string id,
        HttpRequest request)
    {
        var user = sessions.UserOf(request);
        var answer = await get(request.HttpContext, endpoint, $"/{service.Name}/{id}", message => AddHeaders(message, request, user));
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
