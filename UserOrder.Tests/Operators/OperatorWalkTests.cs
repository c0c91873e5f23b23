using System.Net;
using Microsoft.Playwright;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Observability;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Operators;

/// <summary>An operator who has read nothing finds out why an order is not counted, and mends it by mouse alone.</summary>
public sealed class OperatorWalkTests(RunningGraph graph) : OperatorTest(graph)
{
    private const string OrderQueue = "user-api.order-placed";
    private const string Consumer = $"/admin/consumers/{OrderQueue}";
    private const int PictureWidth = 900;

    [Fact]
    public async Task An_order_that_is_not_counted_is_found_and_mended_by_mouse()
    {
        RequireOwnGraph();
        Browser.Require();
        var userId = await CreateUserAsync();
        await PublishFailedOrderAsync(userId);
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("Security__Open", "true"),
                ("Messaging__AdminEndpoints", "true"),
            ]);
        using var paused = await service.Api.PostAsync($"{Consumer}/pause", null, Cancelled);
        Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        try
        {
            await WalkAsync(service.Url, userId);
        }
        finally
        {
            using var resumed = await service.Api.PostAsync($"{Consumer}/resume", null, CancellationToken.None);
        }
    }

    private async Task WalkAsync(Uri service, Guid userId)
    {
        Assert.Equal(0, await OrderCountAsync(userId));
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(service, "/admin"));
        await page.SetViewportSizeAsync(PictureWidth, page.ViewportSize!.Height);
        await ExpectStateAsync(page, "live");

        // The flow shows where it stops.
        await Assertions.Expect(page.Locator("#flow")).ToContainTextAsync("paused by");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(1);
        await Browser.ScreenshotAsync(page.Locator("section").Filter(new() { HasText = "Flow" }).First, "walk-1-flow");

        // The message shows why.
        await Button(Rows(page), "Show").ClickAsync();
        var message = page.Locator("dialog#message");
        await Assertions.Expect(message).ToContainTextAsync("The handler failed 5 times, last with TimeoutException.");
        await Browser.ScreenshotAsync(message, "walk-2-message");
        await Button(message, "Replay").ClickAsync();
        await ConfirmAsync(page, "Replay 1 dead letter?", "Replay 1");
        await Assertions.Expect(page.Locator("#result")).ToHaveTextAsync("Replayed 1 dead letter.");

        var consumer = page.Locator("#pauses tr").Filter(new() { HasText = OrderQueue });
        await Button(consumer, "Resume").ClickAsync();
        var confirm = page.Locator("dialog#confirm");
        await Assertions.Expect(confirm).ToBeVisibleAsync();
        await Browser.ScreenshotAsync(confirm, "walk-3-resume");
        await ConfirmAsync(page, $"Resume Consumer of {OrderQueue}?", "Resume");

        await Until.EqualAsync(1, "the order is counted", () => OrderCountAsync(userId));
        await Assertions.Expect(consumer).ToContainTextAsync("running");
        await Assertions.Expect(Rows(page)).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#audit [data-label=What]").First).ToHaveTextAsync($"resumed {OrderQueue}");
        await Browser.ScreenshotAsync(page.Locator("section").Filter(new() { HasText = "What operators did" }), "walk-4-audit");
    }

    private async Task PublishFailedOrderAsync(Guid userId)
    {
        var channel = await OpenChannelAsync();
        await channel.QueuePurgeAsync($"{OrderQueue}.dead", Cancelled);
        var properties = new BasicProperties
        {
            Persistent = true,
            Type = "order.placed.v1",
            Headers = new Dictionary<string, object?>
            {
                ["x-reason"] = "The handler failed 5 times, last with TimeoutException.",
                ["x-queue"] = OrderQueue,
                ["x-attempts"] = 5,
                ["x-died-at"] = $"{DateTimeOffset.UtcNow:O}",
            },
        };
        var order = TestEvents.OrderPlaced(Guid.CreateVersion7(), userId);
        await channel.BasicPublishAsync("", $"{OrderQueue}.dead", mandatory: true, properties, order, Cancelled);
    }
}
