using Microsoft.Playwright;
using Mta.Protocol.Authentication;
using Mta.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mta.SystemTests.Dashboard;

/// <summary>Where the endpoint asks for tokens, the dashboard does; a viewer sees what there is, and why they may not act.</summary>
public sealed class SignInTests
{
    private const string Path = "/queues/deep.test";
    private static readonly string Viewer = BearerToken.Create();
    private static readonly string Operator = BearerToken.Create();

    [Fact]
    public async Task A_token_opens_what_its_role_may_see_and_do()
    {
        await using var node = await QueuedNode.StartAsync("sign-in", WithTokens);
        await using var browser = await DashboardBrowser.StartAsync();
        var page = await browser.OpenAsync(node.Address, Path);

        await EnterAsync(page, "mta_none-that-is-known");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not known");
        await EnterAsync(page, Viewer);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = QueuedNode.Deep })).ToBeVisibleAsync();
        await Expect(page.GetByText("you are a viewer").First).ToBeVisibleAsync();
        foreach (var action in new[] { "Retry now", "Suspend", "Bounce", "Drop" })
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = action })).ToBeDisabledAsync();

        // The token is the tab's: it survives a new load of the page, and no other visitor has it.
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Drop" })).ToBeDisabledAsync();
        Assert.Null(await page.EvaluateAsync<string?>("localStorage.getItem('mta-token')"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await EnterAsync(page, Operator);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Drop" })).ToBeEnabledAsync();

        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_token_that_is_taken_away_leads_back_to_the_sign_in_and_a_node_that_is_gone_is_waited_for()
    {
        await using var node = await QueuedNode.StartAsync("sign-in-lost", WithTokens);
        await using var browser = await DashboardBrowser.StartAsync();
        var page = await browser.OpenAsync(node.Address, Path);
        await EnterAsync(page, Viewer);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Site", Exact = true })).ToBeVisibleAsync();

        await node.Process.KillAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("has not answered since");
        await node.StartAgainAsync(settings => settings);
        await Expect(page.GetByText("has not answered since")).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Site", Exact = true })).ToBeVisibleAsync();

        await node.StartAgainAsync(settings => settings.Set("management.tokens", new[] { new { name = "otto", role = "operator", hash = BearerToken.Hash(Operator) } }));
        await Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
    }

    private static async Task EnterAsync(IPage page, string token)
    {
        await page.GetByLabel("Token").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private static NodeSettings WithTokens(NodeSettings settings) => settings.Set("management.tokens", new[]
    {
        new { name = "vera", role = "viewer", hash = BearerToken.Hash(Viewer) },
        new { name = "otto", role = "operator", hash = BearerToken.Hash(Operator) },
    });
}
