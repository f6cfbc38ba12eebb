using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bookinfo.Ratings;

/// <summary>The endpoints of ratings.</summary>
public static class RatingsEndpoints
{
    /// <summary>Adds the endpoints to an application.</summary>
    /// <param name="app">The application.</param>
    public static void MapRatings(this WebApplication app)
    {
        // Taken here, once: whoever asks for a service while a request is answered has a scope made for that request.
        var store = app.Services.GetRequiredService<RatingsStore>();
        app.MapMethods("/health", ReadMethods.GetAndHead, Health);
        app.MapMethods("/ratings/{id?}", ReadMethods.GetAndHead, (string? id) => GetRatings(id, store));
        app.MapPost("/ratings/{id?}", (string? id, HttpRequest request) => PostRatingsAsync(id, store, request));
    }

    private static JsonAnswer<HealthStatus> Health() =>
        new(new HealthStatus("Ratings is healthy"), HealthStatusJson.Default.HealthStatus);

    private static Results<JsonBytes, JsonAnswer<ErrorMessage>> GetRatings(string? id, RatingsStore store) =>
        ProductId.TryParse(id, out var product) ? new JsonBytes(store.Get(product)) : NoNumber();

    private static async Task<Results<JsonBytes, JsonAnswer<ErrorMessage>>> PostRatingsAsync(
        string? id, RatingsStore store, HttpRequest request)
    {
        if (!ProductId.TryParse(id, out var product))
        {
            return NoNumber();
        }

        // The content type does not matter: 'curl -d' says that it is a form, and the tutorials use it.
        var body = await RequestBody.ReadAsync(request);
        return RatingsReader.Read(body.Span) is { } ratings
            ? new JsonBytes(store.Put(product, ratings))
            : JsonAnswer.Error(StatusCodes.Status400BadRequest, "please provide valid ratings JSON");
    }

    private static JsonAnswer<ErrorMessage> NoNumber() =>
        JsonAnswer.Error(StatusCodes.Status400BadRequest, "please provide numeric product ID");
}
