using Bookinfo.Testing;
using Xunit;

namespace Browser.Tests;

/// <summary>That the Content-Security-Policy is in force, and not only sent.</summary>
public sealed class ContentSecurityTests(Chromium chromium)
{
    [Theory]
    [InlineData("/")]
    [InlineData("/productpage")]
    public async Task An_inline_script_or_style_does_not_run_and_no_other_host_is_called(string path)
    {
        await using var elsewhere = new RecordingBackend(200, "{}");
        await using var system = await RunningSystem.StartAsync(["v1"]);
        await using var visitor = await Visitor.ArriveAsync(chromium, system);
        await visitor.GoAsync(path);
        Assert.Empty(visitor.TakeComplaints());

        var blocked = await visitor.Page.EvaluateAsync<string[]>(
            """
            elsewhere => new Promise(resolve => {
              const blocked = [];
              addEventListener('securitypolicyviolation', event => {
                blocked.push(event.effectiveDirective);
                if (blocked.length === 3) {
                  resolve(blocked);
                }
              });
              const script = document.createElement('script');
              script.textContent = 'window.injected = true';
              const style = document.createElement('style');
              style.textContent = 'body { display: none }';
              const image = document.createElement('img');
              image.src = elsewhere;
              document.body.append(script, style, image);
            })
            """,
            elsewhere.Address.AbsoluteUri);

        Assert.Equal(["img-src", "script-src-elem", "style-src-elem"], blocked.Order(StringComparer.Ordinal));
        Assert.True(await visitor.Page.EvaluateAsync<bool>(
            "() => window.injected === undefined && getComputedStyle(document.body).display !== 'none'"));
        Assert.Empty(elsewhere.Requests);
    }
}
