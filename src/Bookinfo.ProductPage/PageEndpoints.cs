using System.Globalization;
using Bookinfo.ServiceDefaults.Backends;
using Bookinfo.ServiceDefaults.Hosting;
using Bookinfo.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bookinfo.ProductPage;

/// <summary>The pages.</summary>
public static class PageEndpoints
{
    /// <summary>Adds the pages to an application.</summary>
    /// <param name="app">The application.</param>
    public static void MapPages(this WebApplication app)
    {
        // Taken here, once: whoever asks for a service while a request is answered has a scope made for that request.
        var backends = app.Services.GetRequiredService<Backends>();
        var sessions = app.Services.GetRequiredService<Sessions>();
        var assets = app.Services.GetRequiredService<StaticAssets>();
        var options = app.Services.GetRequiredService<ProductPageOptions>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.MapMethods("/health", ReadMethods.GetAndHead, Health);
        app.MapMethods("/", ReadMethods.GetAndHead, Index);
        app.MapMethods("/index.html", ReadMethods.GetAndHead, Index);
        app.MapMethods(
            "/productpage",
            ReadMethods.GetAndHead,
            (HttpRequest request) => ProductPageAsync(request, backends, sessions, assets, options, time));
    }

    /// <summary>Maps <c>/static/</c>.</summary>
    /// <param name="app">The application.</param>
    /// <param name="assets">What is there.</param>
    public static void MapStaticAssetsOf(this WebApplication app, StaticAssets assets) =>
        app.MapMethods("/static/{name}", ReadMethods.GetAndHead, (string name, HttpRequest request) => assets.Get(name, request));

    private static ContentHttpResult Health() => TypedResults.Text("Product page is healthy");

    private static PageAnswer Index(BackendAddresses addresses, StaticAssets assets) =>
        new(Slices.Index.Create(new IndexModel(ServiceNode.Tree(addresses), assets)));

    private static async Task<PageAnswer> ProductPageAsync(
        HttpRequest request, Backends backends, Sessions sessions, StaticAssets assets, ProductPageOptions options, TimeProvider time)
    {
        var product = ProductCatalog.Featured;
        var id = product.Id.ToString(CultureInfo.InvariantCulture);

        // All at once: the page takes as long as the slowest of them, not as long as all together.
        var details = backends.GetDetailsAsync(id, request, idOfVisitor: false);
        var reviews = backends.GetReviewsAsync(id, request, idOfVisitor: false);
        await Task.WhenAll(details, reviews, backends.FloodReviewsAsync(id, request));

        using var detailsAnswer = await details;
        using var reviewsAnswer = await reviews;

        // The next view may show another version of reviews, or another user.
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return new PageAnswer(Slices.ProductPage.Create(new ProductPageModel(
            product,
            sessions.UserOf(request),
            DetailsModel.From(detailsAnswer),
            ReviewsModel.From(reviewsAnswer),
            assets,
            ServerTiming.Of(request.HttpContext),
            time,
            RequestTrace.Of(request.HttpContext),
            options.TracePage)));
    }
}
