using System.Text;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mta.SystemTests.Dashboard;

/// <summary>Every page, on a desk and on a telephone, light and dark: it fits, whoever needs a screen reader, a keyboard or contrast can use it, and what it looks like is kept.</summary>
public sealed class AppearanceTests(ITestOutputHelper output)
{
    private static readonly (string Name, string Path, string Landmark)[] Pages =
    [
        ("overview", "/", "Deepest queues"), ("queues", "/queues", "Queues that fit"), ("queue", $"/queues/{QueuedNode.Deep}", "Replies by class"), ("messages", "/messages", "What was found"),
        ("sites", "/sites", "Mail by site"), ("suspensions", "/suspensions", "Suspensions that stand"), ("jobs", "/jobs", "Jobs, latest first"), ("audit", "/audit", "What operators did, latest first"),
    ];

    [Fact]
    public async Task Every_page_fits_and_can_be_used_by_all_at_both_widths_and_in_both_palettes()
    {
        await using var node = await QueuedNode.StartAsync("appearance");
        await OrderAsync(node);
        await using var browser = await DashboardBrowser.StartAsync();
        foreach (var (width, height, colors) in new[] { (1280, 800, ColorScheme.Light), (1280, 800, ColorScheme.Dark), (390, 844, ColorScheme.Light), (390, 844, ColorScheme.Dark) })
        {
            var page = await browser.OpenAsync(node.Address, "/", width, height, colors);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
            foreach (var (name, path, landmark) in Pages)
            {
                await GoAsync(page, path);
                await Expect(page.GetByRole(AriaRole.Region, new() { Name = landmark })).ToBeVisibleAsync();
                await CheckAsync(page, $"{name}-{width}-{colors}".ToLowerInvariant());
            }
            await GoAsync(page, $"/queues/{QueuedNode.Deep}");
            await page.GetByRole(AriaRole.Region, new() { Name = "Messages" }).GetByRole(AriaRole.Link).First.ClickAsync();
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = $"To {QueuedNode.Deep}" })).ToBeVisibleAsync();
            await CheckAsync(page, $"message-{width}-{colors}".ToLowerInvariant());
            await page.GetByRole(AriaRole.Button, new() { Name = "Bounce" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("1 message");
            await CheckAsync(page, $"question-{width}-{colors}".ToLowerInvariant());
        }
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task The_palette_follows_the_system_until_another_is_chosen()
    {
        await using var node = await QueuedNode.StartAsync("palette");
        await using var browser = await DashboardBrowser.StartAsync();
        var page = await browser.OpenAsync(node.Address);
        var root = page.Locator("html");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Dark colours" })).ToBeVisibleAsync();
        await Expect(root).ToHaveAttributeAsync("data-colors", "light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Expect(root).ToHaveAttributeAsync("data-colors", "dark");
        await page.GetByRole(AriaRole.Button, new() { Name = "Light colours" }).ClickAsync();
        await Expect(root).ToHaveAttributeAsync("data-colors", "light");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Dark colours" })).ToBeVisibleAsync();
        await Expect(root).ToHaveAttributeAsync("data-colors", "light");
    }

    [Fact]
    public async Task The_pages_can_be_used_by_the_keyboard_alone()
    {
        await using var node = await QueuedNode.StartAsync("keyboard");
        await using var browser = await DashboardBrowser.StartAsync();
        var page = await browser.OpenAsync(node.Address, "/queues");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = QueuedNode.Deep })).ToBeVisibleAsync();
        await ReachAsync(page, page.GetByRole(AriaRole.Link, new() { Name = QueuedNode.Deep }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = QueuedNode.Deep })).ToBeFocusedAsync();
        await ReachAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Retry now" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync($"{QueuedNode.DeepCount} messages");
        await ReachAsync(page, page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Try now" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Ordered: retry")).ToBeVisibleAsync();
    }

    // As a link within the page does.
    private static async Task GoAsync(IPage page, string path) => await page.EvaluateAsync("path => Blazor.navigateTo(path)", path);

    private async Task CheckAsync(IPage page, string name)
    {
        await DashboardBrowser.KeepAsync(page, name);
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"{name} is {overflow} pixels wider than the window");
        var found = await page.RunAxe();
        var violations = found.Violations.Where(v => v.Impact is "serious" or "critical").ToList();
        foreach (var violation in found.Violations)
            output.WriteLine($"{name}: {violation.Impact} {violation.Id}: {string.Join(" | ", violation.Nodes.Select(n => n.Html).Take(3))}");
        Assert.True(violations.Count == 0, $"{name}: {string.Join("; ", violations.Select(v => $"{v.Id}: {v.Help}: {v.Nodes[0].Html}"))}");
    }

    private static async Task ReachAsync(IPage page, ILocator target)
    {
        for (var step = 0; step < 100; step++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement"))
                return;
        }
        Assert.Fail("the keyboard does not lead there");
    }

    // Something to see on the pages of suspensions, jobs and the audit log.
    private static async Task OrderAsync(QueuedNode node)
    {
        using var http = new HttpClient { BaseAddress = node.Address };
        foreach (var (path, order) in new[]
        {
            ("/api/v1/suspensions", """{"domain":"*.shop.test","for":"2h","reason":"their maintenance"}"""),
            ("/api/v1/holds", """{"filter":{"sender":"*@generator.test","recipient":"id11@quiet.test"},"reason":"a complaint"}"""),
            ("/api/v1/routes", """{"domain":"*.elsewhere.test","via":"mx","for":"1d","reason":"their host is broken"}"""),
            ("/api/v1/jobs", """{"action":"drop","filter":{"recipient":"id05@quiet.test"}}"""),
        })
        {
            using var body = new StringContent(order, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(path, body);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
