using System.Text;
using Bookinfo.ProductPage;
using Bookinfo.ServiceDefaults.Backends;
using Bookinfo.ServiceDefaults.Logging;
using Bookinfo.Testing;

namespace Services.Tests;

/// <summary>Answers of backends that are complete and still useless: each leaves a part of the page out, and the log says so.</summary>
public sealed class BackendStatusTests
{
    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(302)]
    [InlineData(308)]
    public async Task A_status_that_is_not_200_is_logged_for_each_call(int status)
    {
        var log = new RecordedLog();
        await using var backend = new RecordingBackend(status, "");
        await using var page = await RunningService.StartAsync(
            Bookinfo.ProductPage.Program.Build, log.AddTo,
            [
                .. new[] { "details", "reviews", "ratings" }.SelectMany(service => RunningService.At(service, backend.Address)),
            ]);

        var html = await page.Client.GetStringAsync(new Uri("/productpage", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("Sorry, product details are currently unavailable for this book.", html, StringComparison.Ordinal);
        Assert.Contains("Sorry, product reviews are currently unavailable for this book.", html, StringComparison.Ordinal);
        // One try of details, and two of reviews.
        Assert.Equal([status, status, status], log.Of("BackendCallFailed").Select(logged => logged.Status));
    }

    [Theory]
    [InlineData(1000, null)]
    [InlineData(1001, "Sorry, product reviews are currently unavailable for this book.")]
    public void No_more_reviews_are_shown_than_fit_into_a_page(int reviews, string? error)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"reviews":[{{string.Join(',', Enumerable.Repeat("{}", reviews))}}]}""");
        Assert.Equal(error, ReviewsModel.From(new BackendAnswer(200, body)).Error);
    }

    [Fact]
    public void Of_a_pair_of_surrogates_both_are_kept_and_a_half_is_replaced()
    {
        Assert.Equal("\U0001F600 bot", PrintableText.Clean("\U0001F600 bot"));
        Assert.Equal("a\uFFFD b", PrintableText.Clean("a\ud83d b"));
        Assert.Equal("a\uFFFD b", PrintableText.Clean("a\ude00 b"));
        Assert.Equal("ab\uFFFD", PrintableText.Clean("ab\U0001F600", longest: 3));
    }
}
