using System.Net;
using System.Text.Json;

namespace Bookinfo.Verification;

/// <summary>The API of productpage.</summary>
internal static class ApiContract
{
    /// <summary>A product that nobody has rated, by its number.</summary>
    private const int Unrated = 20;

    private static readonly (string Path, HttpStatusCode Status, string What)[] Failures =
    [
        ("/api/v1/products/abc", HttpStatusCode.BadRequest, "details"),
        ("/api/v1/products/abc/reviews", HttpStatusCode.NotFound, "reviews"),
        ("/api/v1/products/abc/ratings", HttpStatusCode.BadRequest, "ratings"),
    ];

    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks =>
    [
        Check("lists the products", async probe =>
        {
            var answer = (await probe.GetAsync("/api/v1/products")).HasStatus(HttpStatusCode.OK);
            var products = answer.Json();
            answer.Is(
                products.ValueKind == JsonValueKind.Array && products.GetArrayLength() == 1,
                $"is {answer.Excerpt()} instead of a list of one product");
            answer.HasKeys(products[0], "id", "title", "descriptionHtml");
            answer.Is(
                products[0].GetProperty("id").GetRawText() == "0" && products[0].GetProperty("title").ValueEquals("The Comedy of Errors")
                && products[0].GetProperty("descriptionHtml").GetString() is { Length: > 0 },
                $"is {answer.Excerpt()}: not the product 0, 'The Comedy of Errors', with a description");
        }),
        Check("passes on what details answers", async probe =>
            (await probe.GetAsync("/api/v1/products/3")).IsJson(HttpStatusCode.OK, DetailsContract.Book("3"))),
        Check("passes on what reviews answers", async probe =>
            ReviewsContract.HasShape(await probe.GetAsync("/api/v1/products/3/reviews"), "3")),
        Check("passes on what ratings answers", async probe =>
            (await probe.GetAsync($"/api/v1/products/{probe.Id(Unrated)}/ratings")).IsJson(
                HttpStatusCode.OK, $$$"""{"id":{{{probe.Id(Unrated)}}},"ratings":{"Reviewer1":5,"Reviewer2":4}}""")),
        .. Failures.Select(one => Check($"passes on that {one.What} refuses {one.Path}", async probe =>
            (await probe.GetAsync(one.Path)).IsJson(
                one.Status, $$"""{"error":"Sorry, product {{one.What}} are currently unavailable for this book."}"""))),
    ];

    private static AppCheck Check(string name, Func<AppProbe, Task> runAsync) => new(AppArea.Api, AppContract.Page, name, runAsync);
}
