using Bookinfo.Contracts;
using Bookinfo.ServiceDefaults.Answers;
using Bookinfo.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bookinfo.Details;

/// <summary>The endpoints of details.</summary>
public static class DetailsEndpoints
{
    /// <summary>Adds the endpoints to an application.</summary>
    /// <param name="app">The application.</param>
    public static void MapDetails(this WebApplication app)
    {
        app.MapMethods("/health", ReadMethods.GetAndHead, Health);
        // Taken here, once: whoever asks for a service while a request is answered has a scope made for that request.
        var books = app.Services.GetRequiredService<IBookSource>();
        app.MapMethods("/details/{id?}", ReadMethods.GetAndHead, (string? id, HttpRequest request) => GetDetailsAsync(id, books, request));
    }

    private static JsonAnswer<HealthStatus> Health() => new(new HealthStatus("Details is healthy"), HealthStatusJson.Default.HealthStatus);

    private static async Task<Results<JsonAnswer<BookDetails>, JsonAnswer<ErrorMessage>>> GetDetailsAsync(
        string? id, IBookSource books, HttpRequest request)
    {
        if (!ProductId.TryParse(id, out var product))
        {
            return JsonAnswer.Error(StatusCodes.Status400BadRequest, "please provide numeric product id");
        }

        var details = await books.FindAsync(product, request);
        return details is null
            ? JsonAnswer.Error(StatusCodes.Status502BadGateway, "could not fetch book details")
            : new JsonAnswer<BookDetails>(details, BookDetailsJson.Default.BookDetails);
    }
}
