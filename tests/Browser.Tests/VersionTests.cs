using Bookinfo.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>What visitors see of the three versions of reviews.</summary>
public sealed class VersionTests(Chromium chromium)
{
    [Fact]
    public async Task Reloads_show_no_stars_black_stars_and_red_stars_in_turn()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);

        var seen = new List<string>();
        for (var load = 0; load < 6; load++)
        {
            await visitor.GoAsync();
            await Expect(visitor.Page.GetByText("Reviews served by: reviews-v")).ToBeVisibleAsync();
            var black = await visitor.Page.Locator(".text-black-500 .glyphicon-star").CountAsync();
            var red = await visitor.Page.Locator(".text-red-500 .glyphicon-star").CountAsync();
            Assert.Equal(black + red, await visitor.FilledStars.CountAsync());
            seen.Add($"{black} black, {red} red");
        }

        // Which of the three comes first is not said.
        Assert.Equal(["0 black, 0 red", "0 black, 9 red", "9 black, 0 red"], seen.Take(3).Order(StringComparer.Ordinal));
        Assert.Equal(seen.Take(3), seen.Skip(3));
        Assert.Empty(visitor.TakeComplaints());
    }

    [Theory]
    [InlineData("v2", "black")]
    [InlineData("v3", "red")]
    public async Task Stars_are_five_a_review_and_put_into_words(string version, string color)
    {
        await using var system = await RunningSystem.StartAsync([version]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();

        var groups = visitor.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("stars") });
        await Expect(groups).ToHaveCountAsync(2);
        await Expect(groups.Nth(0)).ToHaveAccessibleNameAsync($"5 of 5 stars, {color}");
        await Expect(groups.Nth(1)).ToHaveAccessibleNameAsync($"4 of 5 stars, {color}");
        await Expect(groups.Locator("svg")).ToHaveCountAsync(10);
    }

    /// <summary>
    /// Stars are what one reloads for: a small laptop, whose browser takes some of its height, and a phone show them without scrolling.
    /// </summary>
    [Theory]
    [InlineData(1366, 650)]
    [InlineData(1024, 650)]
    [InlineData(390, 844)]
    public async Task Stars_are_in_sight_at_once(int width, int height)
    {
        await using var system = await RunningSystem.StartAsync(["v2"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, width, height);
        await visitor.GoAsync();

        var first = visitor.Page.Locator(".stars").First;
        await Expect(first).ToBeVisibleAsync();
        var box = await first.BoundingBoxAsync();
        Assert.NotNull(box);
        Assert.InRange(box.Y, 0, height - box.Height);
        Assert.InRange(box.X, 0, width - box.Width);
        Assert.Equal(0, await visitor.Page.EvaluateAsync<double>("() => scrollY"));
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Black_and_red_differ_and_stand_out_from_what_is_behind_them(ColorScheme scheme)
    {
        await using var system = await RunningSystem.StartAsync(["v2", "v3"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, scheme: scheme);

        var colors = new HashSet<string>();
        for (var load = 0; load < 2; load++)
        {
            await visitor.GoAsync();
            colors.Add(await visitor.FilledStars.First.EvaluateAsync<string>("star => getComputedStyle(star).fill"));

            // The ratio that WCAG 2.2 asks for between a graphic and its ground (1.4.11): 3 to 1.
            Assert.InRange(await visitor.FilledStars.First.EvaluateAsync<double>(ContrastWithGround), 3, 21);
        }

        Assert.Equal(2, colors.Count);
    }

    [Fact]
    public async Task The_cluster_is_named_when_there_is_one()
    {
        await using var system = await RunningSystem.StartAsync(["v1"], podName: "reviews-v1-5d8f", clusterName: "cluster1");
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();
        await Expect(visitor.Page.Locator(".served")).ToHaveTextAsync("Reviews served by: reviews-v1-5d8f on cluster cluster1");
    }

    [Fact]
    public async Task No_cluster_is_named_when_there_is_none()
    {
        await using var system = await RunningSystem.StartAsync(["v1"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();
        await Expect(visitor.Page.Locator(".served")).ToHaveTextAsync("Reviews served by: reviews-v1");
    }

    // Relative luminance and contrast as WCAG 2.2 defines them.
    private const string ContrastWithGround =
        """
        star => {
          const luminance = color => {
            const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map(part => part / 255)
              .map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
            return .2126 * r + .7152 * g + .0722 * b;
          };
          let ground = star;
          while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') {
            ground = ground.parentElement;
          }
          const [dark, light] = [luminance(getComputedStyle(star).fill), luminance(getComputedStyle(ground).backgroundColor)]
            .sort((a, b) => a - b);
          return (light + .05) / (dark + .05);
        }
        """;
}
