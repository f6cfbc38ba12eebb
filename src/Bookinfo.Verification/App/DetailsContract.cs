using System.Net;

namespace Bookinfo.Verification;

/// <summary>What details answers.</summary>
internal static class DetailsContract
{
    private const string Process = "details-v1";

    private static readonly string[] Ids = ["0", "7", "-3", "2147483648"];

    private static readonly string[] NoIds =
    [
        "/details", "/details/", "/details/abc", "/details/1.5", "/details/1e3", "/details/12abc", "/details/--1",
        "/details/%F0%9F%93%96",
    ];

    /// <summary>The checks.</summary>
    public static IEnumerable<AppCheck> Checks =>
    [
        .. Ids.Select(id => new AppCheck(
            AppArea.Details, Process, $"has details of product {id}, with that id",
            async probe => (await probe.GetAsync($"/details/{id}")).IsJson(HttpStatusCode.OK, Book(id)))),
        .. NoIds.Select(path => new AppCheck(
            AppArea.Details, Process, $"refuses {path}, whose id is missing or not an integer",
            async probe => (await probe.GetAsync(path)).IsJson(
                HttpStatusCode.BadRequest, """{"error":"please provide numeric product id"}"""))),
    ];

    /// <summary>What details says of each product.</summary>
    /// <param name="id">The id of the product.</param>
    public static string Book(string id) =>
        $$"""
        {
          "id":{{id}},"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,"publisher":"PublisherA",
          "language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"
        }
        """;
}
