using System.Text.RegularExpressions;
using Bookinfo.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>What the foot of the page says of its own request. Scripts have no part in it.</summary>
public sealed class RequestTests(Chromium chromium)
{
    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Bars_are_drawn_within_that_of_the_page(int width)
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, width, scripts: false);
        await visitor.GoAsync();

        var rows = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "What this page took" }).GetByRole(AriaRole.Listitem);
        await Expect(rows).ToHaveTextAsync(
            new[] { "productpage", "details", "reviews", "ratings" }.Select(service => new Regex($@"^{service}[0-9]+\.[0-9]{{2}}$")));
        var bars = new List<(float Begin, float End)>();
        foreach (var bar in await rows.Locator("rect").AllAsync())
        {
            var box = await bar.BoundingBoxAsync();
            Assert.NotNull(box);
            Assert.True(box is { Width: > 0.5f, Height: > 4 }, $"{box.Width} by {box.Height}");
            bars.Add((box.X, box.X + box.Width));
        }

        // They can be told apart: the longest takes a good part of the window.
        Assert.InRange(bars[0].End - bars[0].Begin, width / 5f, width);
        Assert.All(bars, bar => Assert.True(bar.Begin >= bars[0].Begin - 0.1 && bar.End <= bars[0].End + 0.1, $"{bar} in {bars[0]}"));
        Assert.True(bars[3].Begin >= bars[2].Begin - 0.1 && bars[3].End <= bars[2].End + 0.1, $"{bars[3]} in {bars[2]}");
    }

    [Fact]
    public async Task The_trace_is_a_link_to_where_the_platform_shows_it()
    {
        await using var system = await RunningSystem.StartAsync(["v3"], settings: ShopState.Traced);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, scripts: false);
        await visitor.GoAsync();

        var link = visitor.Page.Locator(".trace").GetByRole(AriaRole.Link);
        await Expect(link).ToHaveTextAsync(new Regex("^[0-9a-f]{32}$"));
        await Expect(link).ToHaveAttributeAsync("href", $"http://localhost:18888/traces/detail/{await link.TextContentAsync()}");
    }
}
