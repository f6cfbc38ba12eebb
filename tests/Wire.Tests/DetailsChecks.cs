using System.Net;

namespace Wire.Tests;

public sealed class DetailsChecks(WireSystem system)
{
    [Fact]
    public async Task Health() =>
        await WireAssert.IsJsonAsync(HttpStatusCode.OK, """{"status":"Details is healthy"}""", await GetAsync("/health"));

    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("-3")]
    [InlineData("2147483648")]
    public async Task Details_of_a_product_carry_the_id_that_was_asked_for(string id) => await WireAssert.IsJsonAsync(
        HttpStatusCode.OK,
        $$"""
        {
          "id":{{id}},"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,"publisher":"PublisherA",
          "language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"
        }
        """,
        await GetAsync($"/details/{id}"));

    [Theory]
    [InlineData("/details")]
    [InlineData("/details/")]
    [InlineData("/details/abc")]
    [InlineData("/details/1.5")]
    [InlineData("/details/1e3")]
    [InlineData("/details/12abc")]
    [InlineData("/details/--1")]
    [InlineData("/details/%F0%9F%93%96")]
    public async Task An_id_that_is_missing_or_no_integer_is_refused(string path) =>
        await WireAssert.IsJsonAsync(HttpStatusCode.BadRequest, """{"error":"please provide numeric product id"}""", await GetAsync(path));

    private Task<HttpResponseMessage> GetAsync(string path) =>
        system.Client.GetAsync(new Uri(system["details-v1"], path), TestContext.Current.CancellationToken);
}
