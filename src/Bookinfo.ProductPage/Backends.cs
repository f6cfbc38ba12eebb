using System.Text;
using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Backends;

namespace Bookinfo.ProductPage;

/// <summary>The services that productpage calls.</summary>
public sealed class Backends : IDisposable
{
    private readonly int _floodFactor;
    private readonly Sessions _sessions;
    private readonly HeaderForwarding _headers;
    private readonly BackendClient _details;
    private readonly BackendClient _reviews;
    private readonly BackendClient _ratings;
    private readonly BackendClient _flood;

    /// <summary>Makes their clients.</summary>
    /// <param name="options">How many extra calls to make.</param>
    /// <param name="sessions">Who is signed in.</param>
    /// <param name="results">Where finished calls are counted.</param>
    /// <param name="headers">How headers are passed on.</param>
    /// <param name="clients">What makes clients.</param>
    public Backends(ProductPageOptions options, Sessions sessions, RequestResults results, HeaderForwarding headers, BackendClients clients)
    {
        (_floodFactor, _sessions, _headers) = (options.FloodFactor, sessions, headers);
        _details = For(ServiceCatalog.Details);
        _reviews = For(ServiceCatalog.Reviews);
        _ratings = For(ServiceCatalog.Ratings);
        // Turns of their own: with two extra calls a page view and three endpoints, the page itself would get the same one every time.
        _flood = For(ServiceCatalog.Reviews);

        BackendClient For(ServiceDefinition service) => clients.ForService(
            service, AddHeaders, answer => results.Count(service.Name, answer.Status ?? StatusCodes.Status500InternalServerError));
    }

    /// <summary>Calls details.</summary>
    /// <param name="id">The product, as an escaped path segment.</param>
    /// <param name="request">The request that is being answered.</param>
    /// <param name="idOfVisitor">Whether the visitor chose the product.</param>
    /// <returns>What came of it.</returns>
    public Task<BackendAnswer> GetDetailsAsync(string id, HttpRequest request, bool idOfVisitor) =>
        _details.GetAsync(request.HttpContext, $"/{ServiceCatalog.Details.Name}/{id}", idOfVisitor: idOfVisitor);

    /// <summary>Calls reviews, twice when the first try fails.</summary>
    /// <inheritdoc cref="GetDetailsAsync"/>
    public Task<BackendAnswer> GetReviewsAsync(string id, HttpRequest request, bool idOfVisitor) =>
        _reviews.GetAsync(request.HttpContext, $"/{ServiceCatalog.Reviews.Name}/{id}", idOfVisitor: idOfVisitor);

    /// <summary>Calls ratings for a product that the visitor chose.</summary>
    /// <param name="id">The product, as an escaped path segment.</param>
    /// <param name="request">The request that is being answered.</param>
    /// <returns>What came of it.</returns>
    public Task<BackendAnswer> GetRatingsAsync(string id, HttpRequest request) =>
        _ratings.GetAsync(request.HttpContext, $"/{ServiceCatalog.Ratings.Name}/{id}", idOfVisitor: true);

    /// <summary>
    /// Makes as many extra calls to reviews as <c>FLOOD_FACTOR</c> says, all at once. They are counted, tried twice and waited for like any
    /// other, so that a page view never leaves work behind; their answers are ignored.
    /// </summary>
    /// <param name="id">The product, as an escaped path segment.</param>
    /// <param name="request">The request that is being answered.</param>
    /// <returns>A task that ends with the last call.</returns>
    public Task FloodReviewsAsync(string id, HttpRequest request) => _floodFactor == 0
        ? Task.CompletedTask
        : Task.WhenAll(Enumerable.Range(0, _floodFactor)
            .Select(
                async _ => (await _flood.GetAsync(request.HttpContext, $"/{ServiceCatalog.Reviews.Name}/{id}", aside: true)).Dispose()));

    /// <inheritdoc/>
    public void Dispose()
    {
        _details.Dispose();
        _reviews.Dispose();
        _ratings.Dispose();
        _flood.Dispose();
    }

    private void AddHeaders(HttpRequestMessage message, HttpRequest request)
    {
        _headers.Copy(request, message);
        // Meshes route on it, so only who is signed in has one.
        message.Headers.Remove(ForwardedHeaders.EndUser);
        if (_sessions.UserOf(request) is { } user)
        {
            // A header value is bytes, one a character: here those of the name in UTF-8.
            message.Headers.TryAddWithoutValidation(ForwardedHeaders.EndUser, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(user)));
        }
    }
}
