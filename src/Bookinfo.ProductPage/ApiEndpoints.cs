using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Backends;
using Bookinfo.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Bookinfo.ProductPage;

/// <summary>The API: the backends' answers, as they are.</summary>
public static class ApiEndpoints
{
    /// <summary>Adds the API to an application.</summary>
    /// <param name="app">The application.</param>
    public static void MapApi(this WebApplication app)
    {
        app.MapMethods("/api/v1/products", ReadMethods.GetAndHead, GetProducts);
        app.MapMethods("/api/v1/products/{id}", ReadMethods.GetAndHead, GetDetailsAsync);
        app.MapMethods("/api/v1/products/{id}/reviews", ReadMethods.GetAndHead, GetReviewsAsync);
        app.MapMethods("/api/v1/products/{id}/ratings", ReadMethods.GetAndHead, GetRatingsAsync);
    }

    private static JsonAnswer<IReadOnlyList<Product>> GetProducts() => new(ProductCatalog.All, ProductJson.Default.IReadOnlyListProduct);

    private static Task<IResult> GetDetailsAsync(string id, HttpRequest request, Backends backends) =>
        PassOnAsync(backends.GetDetailsAsync(SegmentOf(id, request), request, idOfVisitor: true), BackendErrors.Details);

    private static Task<IResult> GetReviewsAsync(string id, HttpRequest request, Backends backends) =>
        PassOnAsync(backends.GetReviewsAsync(SegmentOf(id, request), request, idOfVisitor: true), BackendErrors.Reviews);

    private static Task<IResult> GetRatingsAsync(string id, HttpRequest request, Backends backends) =>
        PassOnAsync(backends.GetRatingsAsync(SegmentOf(id, request), request), BackendErrors.Ratings);

    private static async Task<IResult> PassOnAsync(Task<BackendAnswer> call, string error)
    {
        using var answer = await call;
        if (answer.IsOk)
        {
            if (answer.IsJson())
            {
                return new JsonBytes(answer.Body.ToArray());
            }

            answer.Reject();
        }

        return answer switch
        {
            // A redirect or an error is passed on as an error. 1xx, 204, 205 and 304 cannot have a body to say so, and a 200 whose body is
            // not JSON is an error of the backend.
            { Status: { } status and not (< 201 or 204 or 205 or 304) } => JsonAnswer.Error(status, error),
            _ => JsonAnswer.Error(StatusCodes.Status500InternalServerError, error),
        };
    }

    /// <summary>
    /// The id as one escaped path segment. The route value will not do: in it an escaped slash is still escaped and everything else is not,
    /// so '%2F' and '%252F' look the same. The segment of the request line is what the visitor wrote, wherever the line can be taken apart
    /// as it stands: not with dots for segments in it.
    /// </summary>
    private static string SegmentOf(string id, HttpRequest request)
    {
        const int IndexOfId = 4; // "", "api", "v1", "products", id
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.AsSpan(0, target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : target.Length);
        var segments = path.ToString().Split('/');
        var asWritten = segments.Length > IndexOfId && segments.Length == request.Path.Value!.Split('/').Length && segments[0].Length == 0;
        return EscapedSegment.From(asWritten ? segments[IndexOfId] : id);
    }
}
