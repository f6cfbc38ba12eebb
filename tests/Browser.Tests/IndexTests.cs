using Bookinfo.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>The index page: the tree of services, and the way into the shop.</summary>
public sealed class IndexTests(Chromium chromium)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    public async Task Shows_who_calls_whom_and_where_they_are(string path)
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync(path);

        var root = visitor.Page.Locator(".tree > li");
        await Expect(root.Locator("> .service > b")).ToHaveTextAsync("productpage");
        await Expect(root.Locator("> ul > li > .service > b")).ToHaveTextAsync(["details", "reviews"]);
        await Expect(root.Locator("> ul > li > ul > li > .service > b")).ToHaveTextAsync(["ratings"]);
        await Expect(visitor.Page.Locator(".tree code")).ToHaveTextAsync(
            Addresses(system));
        Assert.Empty(visitor.TakeComplaints());
    }

    [Theory]
    [InlineData("Normal user", "/productpage?u=normal")]
    [InlineData("Test user", "/productpage?u=test")]
    public async Task Leads_into_the_shop(string link, string address)
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync("/");

        await Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = link })).ToHaveAttributeAsync("href", address);
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "The Comedy of Errors" })).ToBeVisibleAsync();
        await Expect(visitor.Page).ToHaveTitleAsync("Simple Bookstore App");
        Assert.Empty(visitor.TakeComplaints());
    }

    private static string[] Addresses(RunningSystem system) =>
    [
        .. new[] { system.Details }.Concat(system.Reviews).Append(system.Ratings)
            .Select(service => RunningSystem.AddressOf(service).GetLeftPart(UriPartial.Authority)),
    ];
}
