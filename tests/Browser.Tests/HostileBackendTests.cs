using System.Text.Json.Nodes;
using Bookinfo.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>What a backend answers is text, whatever it holds: it changes neither the page's elements nor its classes.</summary>
public sealed class HostileBackendTests(Chromium chromium)
{
    private const string Markup = "\"><script>window.hacked = true</script><img src=http://elsewhere.example/x onerror=alert(1)>";

    [Fact]
    public async Task Markup_in_answers_is_shown_as_text()
    {
        await using var details = new RecordingBackend(
            200, new JsonObject { ["author"] = Markup, ["ISBN-10"] = Markup, ["year"] = 1595 }.ToJsonString());
        await using var reviews = new RecordingBackend(200, ReviewsJson(5, "black", Markup));
        await using var system = await RunningSystem.StartAsync([], details: details.Address, reviews: reviews.Address);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, width: 360);
        await visitor.GoAsync();

        foreach (var place in (string[])["dd", ".byline bdi", "blockquote p", "figcaption bdi", ".served bdi"])
        {
            Assert.Equal(Markup, await visitor.Page.Locator(place).First.TextContentAsync());
        }

        Assert.True(await visitor.Page.EvaluateAsync<bool>("() => window.hacked === undefined"));
        await Expect(visitor.Page.Locator("img")).ToHaveCountAsync(1);
        Assert.Empty(await visitor.SticksOutAsync());
        Assert.Empty(visitor.TakeComplaints());
    }

    [Theory]
    [InlineData("red\" onclick=\"x", "redonclickx")]
    [InlineData("red text-black-500 glyphicon", "redtextblackglyphicon")]
    [InlineData("<>", "black")]
    [InlineData("", "black")]
    [InlineData("chartreuse", "chartreuse")]
    public async Task A_color_is_letters_and_nothing_else(string color, string shown)
    {
        await using var reviews = new RecordingBackend(200, ReviewsJson(3, color, "Reviewer1"));
        await using var system = await RunningSystem.StartAsync([], reviews: reviews.Address);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();

        var stars = visitor.Page.Locator(".stars");
        await Expect(stars).ToHaveClassAsync($"stars text-{shown}-500");
        Assert.Equal(
            ["aria-label", "class", "role"],
            (await stars.EvaluateAsync<string[]>("stars => stars.getAttributeNames()")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(-3, 0)]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(2_000_000_000, 5)]
    public async Task Stars_are_none_to_five(int stars, int filled)
    {
        await using var reviews = new RecordingBackend(200, ReviewsJson(stars, "red", "Reviewer1"));
        await using var system = await RunningSystem.StartAsync([], reviews: reviews.Address);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        var html = await (await visitor.GoAsync()).TextAsync();

        // As the tutorials count them: lines that hold the class.
        Assert.Equal(filled, html.Split('\n').Count(line => line.Contains("glyphicon glyphicon-star", StringComparison.Ordinal)));
        Assert.Equal(filled, html.Split("glyphicon-star").Length - 1);
        Assert.Single(html.Split('\n'), line => line.Contains("text-red-500", StringComparison.Ordinal));
        await Expect(visitor.Page.GetByRole(AriaRole.Img, new() { Name = $"{filled} of 5 stars, red" }).Locator("svg")).ToHaveCountAsync(5);
    }

    private static string ReviewsJson(int stars, string color, string text) => new JsonObject
    {
        ["id"] = "0",
        ["podname"] = text,
        ["clustername"] = text,
        ["reviews"] = new JsonArray(new JsonObject
        {
            ["reviewer"] = text,
            ["text"] = text,
            ["rating"] = new JsonObject { ["stars"] = stars, ["color"] = color },
        }),
    }.ToJsonString();
}
