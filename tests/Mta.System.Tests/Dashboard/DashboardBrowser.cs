using System.Collections.Concurrent;
using Microsoft.Playwright;
using Mta.SystemTests.Infrastructure;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mta.SystemTests.Dashboard;

/// <summary>Debian's Chromium without a screen. What its pages complain of, and whom they ask, is kept.</summary>
internal sealed class DashboardBrowser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    // The page starts a runtime first, on a machine that has more to do.
    private const float PatienceMilliseconds = 90_000;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentDictionary<string, byte> _asked = new();

    private DashboardBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Errors on the console, and exceptions that nobody caught.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>The origins that were asked for anything.</summary>
    public IEnumerable<string> Asked => _asked.Keys;

    public static async Task<DashboardBrowser> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is not installed");
        SetDefaultExpectTimeout(PatienceMilliseconds);
        var playwright = await Playwright.CreateAsync();
        // Root has no sandbox; what is opened is our own.
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-dev-shm-usage"], Timeout = PatienceMilliseconds });
        return new DashboardBrowser(playwright, browser);
    }

    /// <summary>A page of a fresh visitor, at the node's address.</summary>
    public async Task<IPage> OpenAsync(Uri node, string path = "/", int width = 1280, int height = 800, ColorScheme colors = ColorScheme.Light)
    {
        var visitor = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = node.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colors,
            ReducedMotion = ReducedMotion.Reduce,
        });
        visitor.SetDefaultTimeout(PatienceMilliseconds);
        var page = await visitor.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _complaints.Enqueue($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Request += (_, request) => _asked.TryAdd(new Uri(request.Url).GetLeftPart(UriPartial.Authority), 0);
        await page.GotoAsync(path);
        return page;
    }

    /// <summary>Keeps what a page looks like, as output of the build.</summary>
    public static async Task KeepAsync(IPage page, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Directories.Repository, "TestResults", "dashboard"));
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder.FullName, $"{name}.png"), FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
