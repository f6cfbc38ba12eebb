using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Browser.Tests;

/// <summary>What must hold for each page in each state.</summary>
public sealed class EveryStateTests(Chromium chromium)
{
    private static readonly string Pictures = PicturesDirectory();

    private static readonly (string Name, int Width, int Height)[] Devices = [("phone", 390, 844), ("desktop", 1280, 900)];

    public static TheoryData<string> States() => [.. ShopState.All.Select(state => state.Name)];

    [Theory]
    [MemberData(nameof(States))]
    public async Task Is_accessible_quiet_and_pictured_on_phone_and_desktop_light_and_dark(string name)
    {
        await using var system = await ShopState.Named(name).StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system, Devices[0].Width, Devices[0].Height);
        await ShopState.Named(name).ShowAsync(visitor);

        foreach (var (device, width, height) in Devices)
        {
            await visitor.Page.SetViewportSizeAsync(width, height);
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await visitor.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
                var view = $"{name}-{device}-{scheme.ToString().ToLowerInvariant()}";
                await visitor.Page.ScreenshotAsync(new PageScreenshotOptions
                {
                    Path = Path.Combine(Pictures, $"{view}.png"),
                    // A dialog belongs to the window, not to the page.
                    FullPage = name != "sign-in-dialog",
                });

                var result = await visitor.Page.RunAxe();
                Assert.NotEmpty(result.Passes);
                Assert.Empty(result.Violations.SelectMany(Described).Select(violation => $"{view}: {violation}"));
            }
        }

        Assert.Empty(visitor.TakeComplaints());
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
