using System.Net;
using System.Text.Json;

namespace Wire.Tests;

public sealed class ReviewsChecks(WireSystem system)
{
    public static TheoryData<string> Versions => ["reviews-v1", "reviews-v2", "reviews-v3"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Health(string version) =>
        await WireAssert.IsJsonAsync(HttpStatusCode.OK, """{"status":"Reviews is healthy"}""", await GetAsync(version, "/health"));

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Reviews_have_the_shape_of_the_contract(string version)
    {
        var reviews = await GetReviewsAsync(version, "0");
        Assert.Equal(["id", "podname", "clustername", "reviews"], reviews.EnumerateObject().Select(property => property.Name));
        Assert.Equal("0", reviews.GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.String, reviews.GetProperty("podname").ValueKind);
        Assert.Equal(JsonValueKind.String, reviews.GetProperty("clustername").ValueKind);
        Assert.Equal(
            ["Reviewer1", "Reviewer2"],
            reviews.GetProperty("reviews").EnumerateArray().Select(review => review.GetProperty("reviewer").GetString()!));
        Assert.All(reviews.GetProperty("reviews").EnumerateArray(), review =>
        {
            string[] keys = version == "reviews-v1" ? ["reviewer", "text"] : ["reviewer", "text", "rating"];
            Assert.Equal(keys, review.EnumerateObject().Select(property => property.Name));
            Assert.NotEmpty(review.GetProperty("text").GetString()!);
        });
    }

    [Theory]
    [InlineData("reviews-v2", "black")]
    [InlineData("reviews-v3", "red")]
    public async Task Versions_with_ratings_show_stars_in_their_color(string version, string color)
    {
        var reviews = (await GetReviewsAsync(version, "0")).GetProperty("reviews");
        Assert.Equal(
            [$$"""{"stars":5,"color":"{{color}}"}""", $$"""{"stars":4,"color":"{{color}}"}"""],
            reviews.EnumerateArray().Select(review => JsonSerializer.Serialize(review.GetProperty("rating"))));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_id_is_a_string(string version) =>
        Assert.Equal("17", (await GetReviewsAsync(version, "17")).GetProperty("id").GetString());

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_id_that_is_no_integer_is_not_found(string version)
    {
        foreach (var id in new[] { "abc", "1.5", "12abc", "99999999999999999999" })
        {
            using var response = await GetAsync(version, $"/reviews/{id}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    [Trait("Scope", "Ours")]
    public async Task Pod_and_cluster_are_named()
    {
        Assert.SkipUnless(system.IsOurs, "What pods and clusters are called is known of our own processes only.");
        var reviews = await GetReviewsAsync("reviews-v2", "0");
        Assert.Equal(("reviews-v2", "null"), (reviews.GetProperty("podname").GetString(), reviews.GetProperty("clustername").GetString()));
    }

    private async Task<JsonElement> GetReviewsAsync(string version, string id)
    {
        using var response = await GetAsync(version, $"/reviews/{id}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private Task<HttpResponseMessage> GetAsync(string version, string path) =>
        system.Client.GetAsync(new Uri(system[version], path), TestContext.Current.CancellationToken);
}
