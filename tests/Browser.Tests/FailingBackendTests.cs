using Bookinfo.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>What visitors see when a service is down: that it is, and the rest of the page.</summary>
public sealed class FailingBackendTests(Chromium chromium)
{
    [Fact]
    public async Task Without_details_the_reviews_are_there()
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await system.StopAsync(system.Details);
        await visitor.GoAsync();

        var details = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Book details" });
        await Expect(details).ToContainTextAsync("Error fetching product details");
        await Expect(details).ToContainTextAsync("Sorry, product details are currently unavailable for this book.");
        await Expect(details.Locator("dl")).ToHaveCountAsync(0);
        await Expect(visitor.FilledStars).ToHaveCountAsync(9);
        await ExpectSignInToWorkAsync(visitor);
    }

    [Fact]
    public async Task Without_reviews_the_details_are_there()
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await system.StopAsync(system.Reviews[0]);
        await visitor.GoAsync();

        var reviews = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "What readers say" });
        await Expect(reviews).ToContainTextAsync("Error fetching product reviews");
        await Expect(reviews).ToContainTextAsync("Sorry, product reviews are currently unavailable for this book.");
        await Expect(visitor.Page.GetByText("Reviews served by:")).ToHaveCountAsync(0);
        await Expect(visitor.Page.Locator("dl")).ToContainTextAsync("PublisherA");
        await ExpectSignInToWorkAsync(visitor);
    }

    [Fact]
    public async Task Without_ratings_the_reviews_say_so_in_place_of_their_stars()
    {
        await using var system = await RunningSystem.StartAsync(["v2"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await system.StopAsync(system.Ratings);
        await visitor.GoAsync();

        await Expect(visitor.Page.GetByText("Ratings service is currently unavailable")).ToHaveCountAsync(2);
        await Expect(visitor.FilledStars).ToHaveCountAsync(0);
        await Expect(visitor.Page.Locator("blockquote")).ToHaveCountAsync(2);
        await Expect(visitor.Page.GetByText("Reviews served by: reviews-v2")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator("dl")).ToContainTextAsync("PublisherA");
        await ExpectSignInToWorkAsync(visitor);
    }

    [Fact]
    public async Task Try_again_leads_back_to_the_page()
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await system.StopAsync(system.Details);
        await visitor.GoAsync();

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Try again" }).ClickAsync();
        await Expect(visitor.Page.GetByText("Error fetching product details")).ToBeVisibleAsync();
        Assert.Empty(visitor.TakeComplaints());
    }

    private static async Task ExpectSignInToWorkAsync(Visitor visitor)
    {
        await visitor.SignInAsync("Nell");
        await Expect(visitor.Page.Locator(".account")).ToContainTextAsync("Signed in as Nell");
        Assert.Empty(visitor.TakeComplaints());
    }
}
