using Microsoft.Playwright;

namespace UserOrder.Tests.Observability;

/// <summary>The installed Chromium, driven by Playwright.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const int Width = 1500;
    private const int Height = 760;
    private const float PatienceMilliseconds = 60_000;

    private static readonly string? Program = InstalledProgram.Find("chromium", "google-chrome");

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Skips the test, with the reason, without a browser.</summary>
    public static void Require() => Assert.SkipWhen(Program is null, "Chromium is missing. ./test.sh installs it on Debian and Ubuntu.");

    public static async Task<Browser> StartAsync()
    {
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        var playwright = await Playwright.CreateAsync();

        // Chromium's sandbox does not work as root, as in CI. The browser opens pages of this repository only.
        string[] arguments = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [];
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = arguments }));
    }

    public async Task<IPage> OpenAsync(Uri url)
    {
        var page = await _browser.NewPageAsync(
            new() { ViewportSize = new() { Width = Width, Height = Height }, ColorScheme = ColorScheme.Light });
        page.SetDefaultTimeout(PatienceMilliseconds);
        await page.GotoAsync(url.AbsoluteUri);
        return page;
    }

    /// <summary>Saves a screenshot in <c>TestResults/screenshots</c>, the source of the pictures in <c>docs/images</c>.</summary>
    public static Task ScreenshotAsync(IPage page, string name, int height = Height) => page.ScreenshotAsync(new()
    {
        Path = Path.Combine(Repository.Root, "TestResults", "screenshots", $"{name}.png"),
        Clip = new() { X = 0, Y = 0, Width = Width, Height = height },
    });

    /// <summary>Saves a screenshot of a part of a page in the same folder.</summary>
    public static Task ScreenshotAsync(ILocator part, string name) =>
        part.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "TestResults", "screenshots", $"{name}.png") });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
