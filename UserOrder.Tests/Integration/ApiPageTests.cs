using System.Net;
using Microsoft.Playwright;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Observability;

namespace UserOrder.Tests.Integration;

/// <summary>The interactive API page in a real browser.</summary>
public sealed class ApiPageTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task A_user_is_created_through_the_page()
    {
        RequireOwnGraph();
        Browser.Require();
        var email = NewEmail();
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(Graph.GetUrl("user-api"), "/swagger"));

        var operation = page.Locator(".opblock-post").Filter(new() { HasText = "/v1/users" });
        await operation.Locator(".opblock-summary").ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await operation.Locator("textarea.body-param__text").FillAsync($$"""{"name":"Grace Hopper","email":"{{email}}"}""");
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        var answer = operation.Locator(".live-responses-table .response");
        await Assertions.Expect(answer.Locator(".response-col_status")).ToContainTextAsync("201");
        await Assertions.Expect(answer.Locator(".response-col_description")).ToContainTextAsync(email);
        await answer.ScrollIntoViewIfNeededAsync();
        await Browser.ScreenshotAsync(page, "api-page");

        using var again = await UserApi.PostAsync("/v1/users", Json($$"""{"name":"Grace Hopper","email":"{{email}}"}"""), Cancelled);
        await AssertProblemAsync(HttpStatusCode.Conflict, "email-taken", again);
    }
}
