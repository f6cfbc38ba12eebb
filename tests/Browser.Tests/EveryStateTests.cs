using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Browser.Tests;

/// <summary>What must hold for each page in each state.</summary>
public sealed class EveryStateTests(Chromium chromium)
{
    private static readonly string Pictures = PicturesDirectory();

    public static TheoryData<string, string, ColorScheme> Views()
    {
        var views = new TheoryData<string, string, ColorScheme>();
        foreach (var state in ShopState.All)
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                views.Add(state.Name, "phone", scheme);
                views.Add(state.Name, "desktop", scheme);
            }
        }

        return views;
    }

    public static TheoryData<string> States() => [.. ShopState.All.Select(state => state.Name)];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Is_accessible_quiet_and_pictured(string name, string device, ColorScheme scheme)
    {
        var (width, height) = device == "phone" ? (390, 844) : (1280, 900);
        await using var system = await ShopState.Named(name).StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system, width, height, scheme);
        await ShopState.Named(name).ShowAsync(visitor);

        await visitor.Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Pictures, $"{name}-{device}-{scheme.ToString().ToLowerInvariant()}.png"),
            // A dialog belongs to the window, not to the page.
            FullPage = name != "sign-in-dialog",
        });
        Assert.Empty(visitor.TakeComplaints());

        var result = await visitor.Page.RunAxe();
        Assert.NotEmpty(result.Passes);
        Assert.Empty(result.Violations.SelectMany(Described));
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task Needs_no_scrolling_sideways(string name)
    {
        int[] widths = [360, 768, 1280];
        await using var system = await ShopState.Named(name).StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system, widths[0]);
        await ShopState.Named(name).ShowAsync(visitor);

        foreach (var width in widths)
        {
            await visitor.Page.SetViewportSizeAsync(width, 900);
            Assert.Equal(width, await visitor.Page.EvaluateAsync<int>("() => window.innerWidth"));
            Assert.Empty(await visitor.SticksOutAsync());
        }
    }

    private static IEnumerable<string> Described(AxeResultItem violation) =>
        violation.Nodes.Select(node => $"{violation.Id}: {violation.Help}: {node.Html}");

    private static string PicturesDirectory()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Bookinfo.slnx")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException(
                "The tests run from within the repository, but Bookinfo.slnx is nowhere above them.");
        }

        return root.CreateSubdirectory(Path.Combine("artifacts", "screenshots")).FullName;
    }
}
