using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mta.SystemTests.Dashboard;

/// <summary>An operator looks for a queue in the dashboard, suspends and resumes it, and opens a message; what the page says is what the node does.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task A_queue_is_found_suspended_resumed_and_its_mail_opened()
    {
        await using var node = await QueuedNode.StartAsync("dashboard");
        await using var browser = await DashboardBrowser.StartAsync();
        var page = await browser.OpenAsync(node.Address);

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "node.test" })).ToBeVisibleAsync();
        await FindAsync(page);
        await SuspendAsync(page);
        Assert.Contains($"\"name\": \"{QueuedNode.Deep}\"", await node.Process.GetAsync("/api/v1/suspensions"), StringComparison.Ordinal);
        await SeeItElsewhereAsync(page);
        await ResumeAsync(page);
        Assert.DoesNotContain("\"name\"", await node.Process.GetAsync("/api/v1/suspensions"), StringComparison.Ordinal);
        await OpenMessageAsync(page);
        await HoldAndReleaseAsync(page);
        await DropAsync(page, node);

        Assert.Empty(browser.Complaints);
        Assert.Equal([node.Address.GetLeftPart(UriPartial.Authority)], browser.Asked);
    }

    private static async Task FindAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Queues", Exact = true }).ClickAsync();
        var rows = page.GetByRole(AriaRole.Region, new() { Name = "Queues that fit" }).GetByRole(AriaRole.Row);
        await Expect(rows).ToHaveCountAsync(1 + 4);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Next" })).ToBeDisabledAsync();
        await page.GetByLabel("Domain").FillAsync("*.shop.test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1 + 2);
        await page.GetByLabel("Domain").FillAsync(QueuedNode.Deep);
        await page.Keyboard.PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1 + 1);
        await page.GetByRole(AriaRole.Link, new() { Name = QueuedNode.Deep }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = QueuedNode.Deep })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Replies by class" })).ToContainTextAsync("451 4.7.1");
    }

    private static async Task SuspendAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        var question = page.GetByRole(AriaRole.Dialog);
        await question.GetByLabel("Reason, for other operators").FillAsync("their maintenance");
        await question.GetByLabel("For how long").SelectOptionAsync("1h");
        await question.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await Expect(page.GetByText("“their maintenance”")).ToBeVisibleAsync();
    }

    private static async Task SeeItElsewhereAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Suspensions", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = QueuedNode.Deep })).ToContainTextAsync("their maintenance");
        await page.GetByRole(AriaRole.Link, new() { Name = "Queues", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = QueuedNode.Deep })).ToContainTextAsync("suspended");
        await page.GetByRole(AriaRole.Link, new() { Name = QueuedNode.Deep }).ClickAsync();
    }

    private static async Task ResumeAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.GetByText("“their maintenance”")).ToBeHiddenAsync();
    }

    private static async Task OpenMessageAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Region, new() { Name = "Messages" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = $"To {QueuedNode.Deep}" })).ToContainTextAsync("451 4.7.1 Greylisted, come back later");
        await Expect(page.GetByText("Accepted by node.test")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the headers" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Headers" })).ToContainTextAsync("@generator.test>");
    }

    private static async Task HoldAndReleaseAsync(IPage page)
    {
        foreach (var action in new[] { "Hold", "Release" })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = action, Exact = true }).ClickAsync();
            var question = page.GetByRole(AriaRole.Dialog);
            await Expect(question).ToContainTextAsync("1 message");
            await question.GetByRole(AriaRole.Button, new() { Name = action, Exact = true }).ClickAsync();
            await Expect(page.GetByText("Next attempt when it is released")).ToBeVisibleAsync(new() { Visible = action == "Hold" });
        }
    }

    // What cannot be undone asks first, and says how much it is.
    private static async Task DropAsync(IPage page, QueuedNode node)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = QueuedNode.Deep }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Drop" }).ClickAsync();
        var question = page.GetByRole(AriaRole.Dialog);
        await Expect(question).ToContainTextAsync($"{QueuedNode.DeepCount} messages");
        await page.Keyboard.PressAsync("Escape");
        await Expect(question).ToBeHiddenAsync();
        Assert.Contains($"\"depth\": {QueuedNode.DeepCount}", await node.Process.GetAsync($"/api/v1/queues/{QueuedNode.Deep}"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Drop" }).ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Drop" }).ClickAsync();
        await Expect(page.GetByText($"No mail is queued for {QueuedNode.Deep} now.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs", Exact = true }).ClickAsync();
        var job = page.GetByRole(AriaRole.Row, new() { Name = "drop" });
        await Expect(job).ToContainTextAsync("ended");
        await Expect(job).ToContainTextAsync($"{QueuedNode.DeepCount}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Audit", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "queue.resume" })).ToHaveCountAsync(1);
    }
}
