using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bookinfo.Ratings;

/// <summary>The endpoints of ratings.</summary>
public static class RatingsEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="app">The application.</param>
    public static void MapRatings(this WebApplication app)
    {
        app.MapMethods("/health", ReadMethods.GetAndHead, Health);
        app.MapMethods("/ratings/{id?}", ReadMethods.GetAndHead, GetRatingsAsync);
        app.MapPost("/ratings/{id?}", PostRatingsAsync);
    }

    private static JsonAnswer<HealthStatus> Health(Misbehaviour misbehaviour) => misbehaviour.IsUnhealthy
        ? new(new HealthStatus("Ratings is not healthy"), WireJson.Context.HealthStatus, StatusCodes.Status500InternalServerError)
        : new(new HealthStatus("Ratings is healthy"), WireJson.Context.HealthStatus);

    private static async Task<Results<JsonBytes, JsonAnswer<ErrorMessage>>> GetRatingsAsync(
        string? id, RatingsStore store, Misbehaviour misbehaviour, CancellationToken cancellationToken)
    {
        if (!ProductId.TryParse(id, out var product))
        {
            return NoNumber();
        }

        return await misbehaviour.MayAnswerAsync(cancellationToken)
            ? new JsonBytes(store.Get(product))
            : JsonAnswer.Error(StatusCodes.Status503ServiceUnavailable, "Service unavailable");
    }

    private static async Task<Results<JsonBytes, JsonAnswer<ErrorMessage>>> PostRatingsAsync(
        string? id, RatingsStore store, HttpRequest request, CancellationToken cancellationToken)
    {
        if (!ProductId.TryParse(id, out var product))
        {
            return NoNumber();
        }

        // The content type does not matter: 'curl -d' says that it is a form, and the tutorials use it.
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return RatingsReader.Read(body.GetBuffer().AsSpan(0, (int)body.Length)) is { } ratings
            ? new JsonBytes(store.Put(product, ratings))
            : JsonAnswer.Error(StatusCodes.Status400BadRequest, "please provide valid ratings JSON");
    }

    private static JsonAnswer<ErrorMessage> NoNumber() =>
        JsonAnswer.Error(StatusCodes.Status400BadRequest, "please provide numeric product ID");
}
