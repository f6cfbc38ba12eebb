using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Browser.Tests.Chromium))]

namespace Browser.Tests;

/// <summary>The Chromium that is installed on this machine, started once for all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>For what takes a moment: that it never comes is the machine's business no longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public IBrowser Browser => _browser!;

    public async ValueTask InitializeAsync()
    {
        var executable = Find();
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            Timeout = (float)Patience.TotalMilliseconds,
            // The tests load nothing but our own pages, and Chromium's sandbox does not start as root, which is what containers run as.
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>Opens a window that shares nothing with others.</summary>
    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options)
    {
        var context = await Browser.NewContextAsync(options);
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }

    private static string Find() =>
        Environment.GetEnvironmentVariable("BOOKINFO_CHROMIUM") is { Length: > 0 } named
            ? File.Exists(named) ? named : throw new FileNotFoundException($"BOOKINFO_CHROMIUM is {named}, and there is no such file.")
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .SelectMany(directory => Names.Select(name => Path.Combine(directory, OperatingSystem.IsWindows() ? $"{name}.exe" : name)))
                .FirstOrDefault(File.Exists)
                ?? throw new FileNotFoundException(
                    "The browser tests need Chromium: install it (Debian, Ubuntu: apt-get install chromium), "
                    + "or name it in BOOKINFO_CHROMIUM.");
}
