using Bookinfo.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>Signing in and out, with a mouse, with a keyboard, and without scripts.</summary>
public sealed class SignInTests(Chromium chromium)
{
    [Fact]
    public async Task With_a_mouse()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync("/productpage?u=test");

        await visitor.SignInAsync("Luciana");
        await Expect(visitor.Page.Locator(".account")).ToContainTextAsync("Signed in as Luciana");
        await Expect(visitor.Page).ToHaveURLAsync(new Uri(system.Address, "/productpage?u=test").AbsoluteUri);
        await Expect(visitor.SignInButton).ToHaveCountAsync(0);

        await visitor.Page.ReloadAsync();
        await Expect(visitor.Page.Locator(".account")).ToContainTextAsync("Signed in as Luciana");

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Sign out" }).ClickAsync();
        await Expect(visitor.SignInButton).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("Luciana")).ToHaveCountAsync(0);
        await visitor.Page.ReloadAsync();
        await Expect(visitor.SignInButton).ToBeVisibleAsync();
        Assert.Empty(visitor.TakeComplaints());
    }

    [Fact]
    public async Task With_nothing_but_a_keyboard()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();
        var keyboard = visitor.Page.Keyboard;

        await keyboard.PressAsync("Tab");
        Assert.Equal("#main", await visitor.FocusedAsync());
        await Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeInViewportAsync();
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        Assert.Equal("Sign in", await visitor.FocusedAsync());

        await keyboard.PressAsync("Enter");
        await Expect(visitor.NameField).ToBeFocusedAsync();
        await keyboard.TypeAsync("Dromio");
        await keyboard.PressAsync("Tab");
        await Expect(visitor.Dialog.GetByLabel("Password")).ToBeFocusedAsync();
        await keyboard.TypeAsync("anything at all");
        await keyboard.PressAsync("Enter");
        await Expect(visitor.Page.Locator(".account")).ToContainTextAsync("Signed in as Dromio");

        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        Assert.Equal("/logout", await visitor.FocusedAsync());
        await keyboard.PressAsync("Enter");
        await Expect(visitor.SignInButton).ToBeVisibleAsync();
        Assert.Empty(visitor.TakeComplaints());
    }

    [Fact]
    public async Task The_skip_link_leads_to_the_content()
    {
        await using var system = await RunningSystem.StartAsync(["v1"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();

        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.Keyboard.PressAsync("Tab");
        Assert.Contains("wikipedia.org", await visitor.FocusedAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Escape")]
    [InlineData("button")]
    public async Task The_dialog_is_modal_and_gives_the_focus_back_when_it_closes(string how)
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();

        await visitor.SignInButton.FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.NameField).ToBeFocusedAsync();
        Assert.True(await visitor.Dialog.EvaluateAsync<bool>("dialog => dialog.matches(':modal')"));

        if (how == "Escape")
        {
            await visitor.Page.Keyboard.PressAsync("Escape");
        }
        else
        {
            await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        }

        await Expect(visitor.Dialog).ToBeHiddenAsync();
        await Expect(visitor.SignInButton).ToBeFocusedAsync();
        Assert.Empty(visitor.TakeComplaints());
    }

    [Fact]
    public async Task The_script_stands_in_for_browsers_whose_buttons_cannot_open_a_dialog()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.Page.AddInitScriptAsync(
            """
            delete HTMLButtonElement.prototype.commandForElement;
            addEventListener('click', event => event.target.closest('[commandfor]') && event.preventDefault(), true);
            """);
        await visitor.GoAsync();

        await visitor.SignInButton.ClickAsync();
        await Expect(visitor.NameField).ToBeFocusedAsync();
        Assert.True(await visitor.Dialog.EvaluateAsync<bool>("dialog => dialog.matches(':modal')"));
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(visitor.Dialog).ToBeHiddenAsync();
        Assert.Empty(visitor.TakeComplaints());
    }

    [Fact]
    public async Task Without_scripts()
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, scripts: false);
        await visitor.GoAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "The Comedy of Errors" })).ToBeVisibleAsync();
        await Expect(visitor.FilledStars).ToHaveCountAsync(9);
        await visitor.SignInAsync("Pinch");
        await Expect(visitor.Page.Locator(".account")).ToContainTextAsync("Signed in as Pinch");
    }

    [Fact]
    public async Task Without_scripts_and_without_buttons_that_open_dialogs()
    {
        await using var system = await RunningSystem.StartAsync(["v3"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, scripts: false);
        await visitor.GoAsync();

        // The link does not need the button: it shows the form in the page.
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "sign in here" }).ClickAsync();
        var form = visitor.Page.Locator("#sign-in");
        await form.GetByLabel("Your name").FillAsync("Aegeon");
        await form.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(visitor.Page.Locator(".account")).ToContainTextAsync("Signed in as Aegeon");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("&lt;b&gt;")]
    [InlineData("\u202eabc\u05d0\u05d1\u05d2 \u0633\u0644\u0627\u0645")]
    [InlineData("Ñandú 🎭 Ægeon")]
    [InlineData("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW")]
    public async Task A_name_is_text_whatever_it_holds(string name)
    {
        await using var system = await RunningSystem.StartAsync(["v1"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system, width: 360);
        await visitor.GoAsync();
        await visitor.SignInAsync(name);

        Assert.Equal(name, await visitor.Page.Locator(".account bdi").TextContentAsync());
        await Expect(visitor.Page.Locator(".account bdi > *")).ToHaveCountAsync(0);
        Assert.Empty(await visitor.SticksOutAsync());
        Assert.Empty(visitor.TakeComplaints());
    }

    [Fact]
    public async Task A_name_of_nothing_but_spaces_is_not_sent()
    {
        await using var system = await RunningSystem.StartAsync(["v1"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync();
        await visitor.SignInButton.ClickAsync();
        await visitor.NameField.FillAsync("   ");
        await visitor.NameField.PressAsync("Enter");

        Assert.False(await visitor.NameField.EvaluateAsync<bool>("field => field.validity.valid"));
        await Expect(visitor.Dialog).ToBeVisibleAsync();
        Assert.Empty(visitor.TakeComplaints());
    }
}
