using System.Text.Json;
using Bookinfo.Testing;

namespace Services.Tests;

public sealed class ReviewsTests
{
    private const string NoStars = """{"error":"Ratings service is currently unavailable"}""";

    [Theory]
    [InlineData(
        200, """{"id":0,"ratings":{"Reviewer1":1,"Reviewer2":2}}""", """{"stars":1,"color":"black"}""", """{"stars":2,"color":"black"}""")]
    [InlineData(200, """{"ratings":{"Reviewer2":0}}""", NoStars, """{"stars":0,"color":"black"}""")]
    [InlineData(200, """{"ratings":{"Reviewer1":"5","Reviewer2":4.5}}""", NoStars, NoStars)]
    [InlineData(
        200, """{"ratings":{"Reviewer1":5.0,"Reviewer2":40e-1}}""", """{"stars":5,"color":"black"}""", """{"stars":4,"color":"black"}""")]
    [InlineData(200, """{"ratings":[5,4]}""", NoStars, NoStars)]
    [InlineData(200, """{"Reviewer1":5}""", NoStars, NoStars)]
    [InlineData(200, "[]", NoStars, NoStars)]
    [InlineData(200, "null", NoStars, NoStars)]
    [InlineData(200, "", NoStars, NoStars)]
    [InlineData(200, "<html>", NoStars, NoStars)]
    [InlineData(200, """{"ratings":{"Reviewer1":5,""", NoStars, NoStars)]
    [InlineData(200, """{"ratings":{"Reviewer1":5,"\ud800Reviewer":1}}""", NoStars, NoStars)]
    [InlineData(200, """{"ratings":{"Reviewer1":5},"\udfffratings":1}""", NoStars, NoStars)]
    [InlineData(201, """{"ratings":{"Reviewer1":5,"Reviewer2":4}}""", NoStars, NoStars)]
    [InlineData(302, "", NoStars, NoStars)]
    [InlineData(404, "{}", NoStars, NoStars)]
    [InlineData(503, """{"error":"Service unavailable"}""", NoStars, NoStars)]
    public async Task Whatever_ratings_answers_reviews_answers_200_and_tries_once(int status, string body, string first, string second)
    {
        await using var ratings = new RecordingBackend(status, body);
        await using var reviews = await StartAsync(ratings.Address);
        Assert.Equal([first, second], await RatingsOfAsync(reviews));
        Assert.Equal("/ratings/0", Assert.Single(ratings.Requests).Target);
    }

    [Fact]
    public async Task Ratings_that_refuse_connections_or_hang_up_are_unavailable()
    {
        var hangingUp = new RecordingBackend(_ => RecordingBackend.RawThenClose(""));
        await using var reviews = await StartAsync(hangingUp.Address);
        Assert.Equal([NoStars, NoStars], await RatingsOfAsync(reviews));
        Assert.Single(hangingUp.Requests);
        await hangingUp.DisposeAsync();
        Assert.Equal([NoStars, NoStars], await RatingsOfAsync(reviews));
    }

    [Fact]
    public async Task An_idle_connection_that_ratings_has_closed_is_no_failure()
    {
        // Answers without 'Connection: close' and closes all the same, as a server does whose keep-alive time is up.
        const string Body = """{"ratings":{"Reviewer1":5,"Reviewer2":4}}""";
        await using var ratings = new RecordingBackend(
            _ => RecordingBackend.RawThenClose($"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        await using var reviews = await StartAsync(ratings.Address);
        for (var i = 0; i < 50; i++)
        {
            Assert.DoesNotContain(NoStars, await RatingsOfAsync(reviews));
        }
    }

    [Fact]
    public async Task V1_does_not_call_ratings()
    {
        await using var ratings = new RecordingBackend(200, "{}");
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, RunningService.At("ratings", ratings.Address));
        Assert.DoesNotContain(
            "rating\"",
            await reviews.Client.GetStringAsync(new Uri("/reviews/0", UriKind.Relative), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Empty(ratings.Requests);
    }

    [Theory]
    [InlineData("007", "7")]
    [InlineData("+5", "5")]
    [InlineData("-3", "-3")]
    public async Task Ids_are_passed_on_and_answered_as_numbers_are_written(string asked, string number)
    {
        await using var ratings = new RecordingBackend(200, "{}");
        await using var reviews = await StartAsync(ratings.Address);
        var answer = JsonElement.Parse(
            await reviews.Client.GetStringAsync(new Uri($"/reviews/{asked}", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal((number, $"/ratings/{number}"), (answer.GetProperty("id").GetString(), ratings.Requests.Single().Target));
    }

    [Theory]
    [InlineData("", "", "null", "null")]
    [InlineData("reviews-v2-5c7 \"x\"", "east", "reviews-v2-5c7 \"x\"", "east")]
    public async Task Pod_and_cluster_are_those_of_the_settings(string hostname, string cluster, string podname, string clustername)
    {
        await using var reviews = await RunningService.StartAsync(
            Bookinfo.Reviews.Program.Build, $"HOSTNAME={hostname}", $"CLUSTER_NAME={cluster}");
        var answer = JsonElement.Parse(
            await reviews.Client.GetStringAsync(new Uri("/reviews/0", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal((podname, clustername), (answer.GetProperty("podname").GetString(), answer.GetProperty("clustername").GetString()));
    }

    private static Task<RunningService> StartAsync(Uri ratings) =>
        RunningService.StartAsync(Bookinfo.Reviews.Program.Build, ["ENABLE_RATINGS=true", .. RunningService.At("ratings", ratings)]);

    private static async Task<IEnumerable<string>> RatingsOfAsync(RunningService reviews)
    {
        var answer = await reviews.Client.GetStringAsync(new Uri("/reviews/0", UriKind.Relative), TestContext.Current.CancellationToken);
        return
        [
            .. JsonElement.Parse(answer)
                .GetProperty("reviews").EnumerateArray().Select(review => JsonSerializer.Serialize(review.GetProperty("rating"))),
        ];
    }
}
