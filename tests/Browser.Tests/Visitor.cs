using System.Collections.Concurrent;
using Bookinfo.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Browser.Tests;

/// <summary>
/// Somebody who looks at the shop in a browser window of their own. Writes down what the browser complains of and whom it calls.
/// </summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly RunningSystem _system;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Visitor(IBrowserContext context, IPage page, RunningSystem system)
    {
        (_context, Page, _system) = (context, page, system);
        context.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue($"console {message.Type}: {message.Text}");
            }
        };
        context.WebError += (_, error) => _complaints.Enqueue($"script error: {error.Error}");
        context.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != system.Address.Authority)
            {
                _complaints.Enqueue($"request to another host: {request.Url}");
            }
        };
        context.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _complaints.Enqueue($"{response.Status} from {response.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>What the browser complained of since the last time this was asked.</summary>
    public IReadOnlyList<string> TakeComplaints()
    {
        var taken = new List<string>();
        while (_complaints.TryDequeue(out var complaint))
        {
            taken.Add(complaint);
        }

        return taken;
    }

    public ILocator SignInButton => Page.Locator(".account").GetByRole(AriaRole.Button, new() { Name = "Sign in" });

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog, new() { Name = "Sign in" });

    public ILocator NameField => Dialog.GetByLabel("Your name");

    public ILocator FilledStars => Page.Locator(".glyphicon-star");

    public static async Task<Visitor> ArriveAsync(
        Chromium chromium, RunningSystem system, int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light,
        bool scripts = true)
    {
        var context = await chromium.OpenAsync(new BrowserNewContextOptions
        {
            BaseURL = system.Address.AbsoluteUri,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = scripts,
            // Nothing to wait for before a picture is taken.
            ReducedMotion = ReducedMotion.Reduce,
        });
        return new Visitor(context, await context.NewPageAsync(), system);
    }

    public async Task<IResponse> GoAsync(string path = "/productpage")
    {
        var response = await Page.GotoAsync(path);
        Assert.NotNull(response);
        Assert.Equal(200, response.Status);
        return response;
    }

    public async Task SignInAsync(string name)
    {
        await SignInButton.ClickAsync();
        await NameField.FillAsync(name);
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.GetByRole(AriaRole.Link, new() { Name = "Sign out" }).WaitForAsync();
    }

    public Task<string> FocusedAsync() => Page.EvaluateAsync<string>(
        "() => document.activeElement.id || document.activeElement.getAttribute('href') || document.activeElement.textContent.trim()");

    /// <summary>
    /// What sticks out of the window to the left or right, so that the page would have to be scrolled sideways to read it.
    /// </summary>
    public Task<string[]> SticksOutAsync() => Page.EvaluateAsync<string[]>(
        """
        () => {
          const width = document.documentElement.clientWidth;
          const out = [...document.querySelectorAll('body, body *:not(.skip, noscript)')].filter(element => {
            const box = element.getBoundingClientRect();
            return box.width > 0 && (box.left < -0.5 || box.right > width + 0.5);
          }).map(element => `${element.tagName}.${element.getAttribute('class')}`);
          return document.documentElement.scrollWidth > width ? ['the page itself', ...out] : out;
        }
        """);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
