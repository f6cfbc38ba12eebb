using System.Net;

namespace Wire.Tests;

public sealed class RatingsChecks(WireSystem system)
{
    private const string InvalidJson = """{"error":"please provide valid ratings JSON"}""";

    [Fact]
    public async Task Health() =>
        await WireAssert.IsJsonAsync(HttpStatusCode.OK, """{"status":"Ratings is healthy"}""", await GetAsync("/health"));

    [Theory]
    [InlineData("0")]
    [InlineData("12")]
    public async Task A_product_that_nobody_rated_has_five_and_four_stars(string id) => await WireAssert.IsJsonAsync(
        HttpStatusCode.OK, $$$"""{"id":{{{id}}},"ratings":{"Reviewer1":5,"Reviewer2":4}}""", await GetAsync($"/ratings/{id}"));

    [Fact]
    public async Task What_is_posted_is_kept_for_that_id_and_the_latest_counts()
    {
        await WireAssert.IsJsonAsync(
            HttpStatusCode.OK, """{"id":41,"ratings":{"Reviewer1":1,"Reviewer2":2}}""",
            await PostAsync("/ratings/41", """{"Reviewer1":1,"Reviewer2":2}"""));
        const string Latest = """{"id":41,"ratings":{"Zoë":0,"A":5}}""";
        await WireAssert.IsJsonAsync(HttpStatusCode.OK, Latest, await PostAsync("/ratings/41", """ {"Zoë": 0, "A": 5} """));
        await WireAssert.IsJsonAsync(HttpStatusCode.OK, Latest, await GetAsync("/ratings/41"));
        await WireAssert.IsJsonAsync(
            HttpStatusCode.OK, """{"id":42,"ratings":{"Reviewer1":5,"Reviewer2":4}}""", await GetAsync("/ratings/42"));
    }

    [Fact]
    public async Task The_content_type_of_a_post_does_not_matter()
    {
        using var content = new StringContent("""{"Reviewer1":3}""", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        await WireAssert.IsJsonAsync(
            HttpStatusCode.OK,
            """{"id":43,"ratings":{"Reviewer1":3}}""",
            await system.Client.PostAsync(new Uri(system["ratings-v1"], "/ratings/43"), content, TestContext.Current.CancellationToken));
    }

    [Theory]
    [Trait("Scope", "Ours")]
    [InlineData("5.0", 5)]
    [InlineData("5e0", 5)]
    [InlineData("40e-1", 4)]
    [InlineData("-0", 0)]
    public async Task Stars_are_a_whole_number_however_it_is_written(string written, int stars) => await WireAssert.IsJsonAsync(
        HttpStatusCode.OK, $$$"""{"id":46,"ratings":{"Reviewer1":{{{stars}}}}}""",
        await PostAsync("/ratings/46", $$"""{"Reviewer1":{{written}}}"""));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("hello")]
    [InlineData("""{"Reviewer1":5""")]
    public async Task A_body_that_is_no_json_is_refused(string body) =>
        await WireAssert.IsJsonAsync(HttpStatusCode.BadRequest, InvalidJson, await PostAsync("/ratings/44", body));

    [Theory]
    [Trait("Scope", "Ours")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"Reviewer1\"")]
    [InlineData("""{"Reviewer1":6}""")]
    [InlineData("""{"Reviewer1":-1}""")]
    [InlineData("""{"Reviewer1":4.5}""")]
    [InlineData("""{"Reviewer1":6.0}""")]
    [InlineData("""{"Reviewer1":49e-1}""")]
    [InlineData("""{"Reviewer1":"5"}""")]
    [InlineData("""{"Reviewer1":null}""")]
    [InlineData("""{"Reviewer1":{"stars":5}}""")]
    [InlineData("""{"Reviewer1":99999999999999999999}""")]
    [InlineData("""{"Reviewer1":5}{"Reviewer2":4}""")]
    [InlineData("""{"Reviewer1":5} x""")]
    [InlineData("""{"\ud800":5}""")]
    public async Task A_body_that_is_no_object_of_names_and_stars_is_refused_and_changes_nothing(string body)
    {
        await PostAsync("/ratings/45", """{"Reviewer1":2}""");
        await WireAssert.IsJsonAsync(HttpStatusCode.BadRequest, InvalidJson, await PostAsync("/ratings/45", body));
        await WireAssert.IsJsonAsync(HttpStatusCode.OK, """{"id":45,"ratings":{"Reviewer1":2}}""", await GetAsync("/ratings/45"));
    }

    [Theory]
    [InlineData("/ratings/")]
    [InlineData("/ratings/abc")]
    public async Task An_id_that_is_missing_or_no_number_is_refused(string path)
    {
        const string NoNumber = """{"error":"please provide numeric product ID"}""";
        await WireAssert.IsJsonAsync(HttpStatusCode.BadRequest, NoNumber, await GetAsync(path));
        await WireAssert.IsJsonAsync(HttpStatusCode.BadRequest, NoNumber, await PostAsync(path, """{"Reviewer1":5}"""));
    }

    [Theory]
    [Trait("Scope", "Ours")]
    [InlineData("/ratings")]
    [InlineData("/ratings/1.5")]
    [InlineData("/ratings/12abc")]
    public async Task An_id_that_only_begins_like_a_number_is_refused(string path) => await WireAssert.IsJsonAsync(
        HttpStatusCode.BadRequest, """{"error":"please provide numeric product ID"}""", await GetAsync(path));

    private Task<HttpResponseMessage> GetAsync(string path) =>
        system.Client.GetAsync(new Uri(system["ratings-v1"], path), TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> PostAsync(string path, string body) =>
        system.Client.PostAsync(new Uri(system["ratings-v1"], path), new StringContent(body), TestContext.Current.CancellationToken);
}
