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
        await Expect(root.Locator("> .service > strong")).ToHaveTextAsync("productpage");
        await Expect(root.Locator("> ul > li > .service > strong")).ToHaveTextAsync(["details", "reviews"]);
        await Expect(root.Locator("> ul > li > ul > li > .service > strong")).ToHaveTextAsync(["ratings"]);
        await Expect(visitor.Page.Locator(".tree code")).ToHaveTextAsync(
            Addresses(system));
        await Expect(visitor.Page.Locator(".tree .address")).ToHaveTextAsync(
            Addresses(system).Zip(["", "v1 ", "v2 ", "v3 ", ""], static (address, version) => version + address));
        Assert.Empty(visitor.TakeComplaints());
    }

    /// <summary>As in a cluster, where a Service stands for all versions.</summary>
    [Fact]
    public async Task Names_no_version_where_none_is_known()
    {
        await using var reviews = await RunningService.StartAsync(Bookinfo.Reviews.Program.Build);
        await using var system = await RunningSystem.StartAsync(reviews: reviews.Address);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync("/");

        Uri[] addresses = [RunningSystem.AddressOf(system.Details), reviews.Address, RunningSystem.AddressOf(system.Ratings)];
        await Expect(visitor.Page.Locator(".tree .address")).ToHaveTextAsync(
            addresses.Select(static address => address.GetLeftPart(UriPartial.Authority)));
    }

    [Fact]
    public async Task Says_what_the_two_users_and_the_versions_are_for()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync("/");

        await Expect(visitor.Page.Locator(".doors + .hint")).ToContainTextAsync(
            "Both lead to the same page; only u in its address differs, and no service looks at it. It is for a gateway, which can send "
            + "testers to another version of productpage. Routes to the other services go by who is signed in, whose name is in the "
            + "header end-user.");
        await Expect(visitor.Page.Locator(".tree + .hint")).ToContainTextAsync(
            "v1 without stars, v2 with black ones and v3 with red ones");
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
