using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using UserOrder.Processes;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Observability;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Operators;

/// <summary>The operators' page of a service in Production, with access tokens and an internal port.</summary>
public sealed class OperatorAccessTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task The_page_asks_for_a_token_keeps_it_in_memory_and_is_served_on_the_internal_port_only()
    {
        RequireOwnGraph();
        Browser.Require();
        var internalPort = FreePort.Next();
        await using var issuer = await IssuerUnderTest.StartAsync();
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("ASPNETCORE_URLS", $"{{url}};http://127.0.0.1:{internalPort}"),
                .. SecuredServices.Security(issuer),
                ("Security__InternalPort", $"{internalPort}"),
            ]);
        using var internalApi = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{internalPort}") };
        foreach (var path in new[] { "/admin/", "/admin/page/main.js", "/admin/page/operators.css" })
        {
            using var shell = await internalApi.GetAsync(path, Cancelled);
            Assert.Equal(HttpStatusCode.OK, shell.StatusCode);
            var policy = shell.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            using var hidden = await service.Api.GetAsync(path, Cancelled);
            Assert.False(hidden.IsSuccessStatusCode);
        }

        foreach (var path in new[] { "/admin/status", "/admin/status/stream", "/admin/events?key=1", "/admin/audit" })
        {
            using var refused = await SecuredServices.SendAsync(internalApi, HttpMethod.Get, path, token: null);
            await AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated", refused);
            using var forbidden = await SecuredServices.SendAsync(internalApi, HttpMethod.Get, path, issuer.Token("a user", "users:read"));
            await AssertProblemAsync(HttpStatusCode.Forbidden, "forbidden", forbidden);
        }

        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(internalApi.BaseAddress, "/admin"));
        var token = page.Locator("dialog#token");
        await GiveAsync(issuer.Token("a user", "users:read"));
        await Assertions.Expect(token.Locator("#token-text")).ToContainTextAsync("The service refused the access token.");
        await GiveAsync(issuer.Token("an operator", "admin"));

        await Assertions.Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-state", "live");
        await Assertions.Expect(page.Locator("#service")).ToHaveTextAsync("user-api");
        await Assertions.Expect(page.Locator("#health")).ToContainTextAsync("database");
        await FindAsync($"{Guid.CreateVersion7()}", "Unknown");
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length + sessionStorage.length + document.cookie.length"));

        // A poisoned event of the real service.
        var (id, subject) = ($"{Guid.CreateVersion7()}", $"{Guid.CreateVersion7()}");
        var poison = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = id,
            ["source"] = "/order-api",
            ["type"] = "order.placed.v1",
            ["subject"] = subject,
            ["time"] = DateTimeOffset.UtcNow,
            ["data"] = new JsonArray(),
        };
        var channel = await OpenChannelAsync();
        await channel.PublishEventAsync("order.placed.v1", Encoding.UTF8.GetBytes(poison.ToJsonString()), Cancelled);
        var row = page.Locator("#rows tr").Filter(new() { HasText = subject });
        await Assertions.Expect(row).ToContainTextAsync("The event's data is not an object.");
        await FindAsync(id, "A dead letter");
        var height = await page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        await page.SetViewportSizeAsync(page.ViewportSize!.Width, height);
        await Browser.ScreenshotAsync(page, "operators", height);
        await row.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await page.Locator("#confirm-yes").ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
        var action = page.Locator("#audit tr").First;
        await Assertions.Expect(action.Locator("[data-label=Who]")).ToHaveTextAsync("an operator");
        await Assertions.Expect(action.Locator("[data-label=What]")).ToHaveTextAsync("discarded user-api.order-placed");
        await Assertions.Expect(action.Locator("[data-label=Result]")).ToHaveTextAsync("1 dead letter");

        // A new page knows no token.
        await page.ReloadAsync();
        await Assertions.Expect(token).ToBeVisibleAsync();

        async Task FindAsync(string eventId, string title)
        {
            await page.GetByLabel("Event id, subject or trace id").FillAsync(eventId);
            await page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Locator("#found p").First).ToContainTextAsync($"user-api: {title}. ");
        }

        async Task GiveAsync(string value)
        {
            await token.GetByLabel("Token").FillAsync(value);
            await token.GetByRole(AriaRole.Button, new() { Name = "Use it" }).ClickAsync();
        }
    }
}
