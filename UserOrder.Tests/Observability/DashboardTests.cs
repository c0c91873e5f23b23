using System.Diagnostics;
using System.Net;
using Microsoft.Playwright;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Observability;

/// <summary>What a person sees in the Aspire dashboard.</summary>
public sealed class DashboardTests(ObservedSystem system) : ObservedTest(system)
{
    [Fact]
    public async Task It_shows_the_architecture_the_pages_to_open_and_the_servers_logs()
    {
        Browser.IsNeeded();
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(Observed.DashboardLogin);
        foreach (var name in new[] { "user-api", "order-api", "rabbitmq", "user-postgres", "order-postgres", "userdb", "orderdb" })
        {
            await Assertions.Expect(page.GetByText(name, new() { Exact = true })).ToBeVisibleAsync();
        }

        await Assertions.Expect(page.GetByText("API page")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByText("Management")).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByText("user-api-rabbitmq")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByText("certificate")).ToHaveCountAsync(0);
        await Browser.ScreenshotAsync(page, "resources", height: 520);

        await page.GotoAsync(new Uri(Observed.DashboardLogin, "/consolelogs/resource/rabbitmq").AbsoluteUri);
        await Assertions.Expect(page.GetByText("Server startup complete").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_shows_the_trace_over_both_services_their_logs_and_their_metrics()
    {
        Browser.IsNeeded();
        var trace = $"{ActivityTraceId.CreateRandom()}";
        var userId = await CreateKnownUserAsync();
        Assert.Equal(HttpStatusCode.Created, await PlaceOrderAsync(userId, $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        var channel = await Observed.OpenChannelAsync();
        await channel.PublishEventAsync("order.placed.v1", "no event"u8.ToArray(), Cancelled);
        await Until.TrueAsync(
            "the trace is complete",
            () => Task.FromResult(Observed.Tap.Spans.Where(span => span.TraceId == trace).Select(span => span.Kind).Distinct().Count()),
            kinds => kinds == 4);
        await Until.EqualAsync(true, "the log was exported", () => Task.FromResult(Observed.Tap.HasSeen("became a dead letter")));

        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(Observed.DashboardLogin);

        await GoAsync($"/traces/detail/{trace}");
        await SeesAsync("POST /v1/orders");
        await SeesAsync("INSERT orders");
        await SeesAsync("MSG rabbitmq user-order.events:order.placed.v1:");
        await SeesAsync("user-api");
        await Browser.ScreenshotAsync(page, "trace", height: 340);

        await GoAsync("/structuredlogs");
        await SeesAsync("A message of user-api.order-placed became a dead letter");
        await Browser.ScreenshotAsync(page, "structured-logs");

        await GoAsync("/metrics/resource/user-api?meter=UserOrder.Messaging&instrument=userorder.event.lag&duration=1");
        await SeesAsync("From the time of an event to the commit of its effect in the other service.");
        await Assertions.Expect(page.Locator(".main-svg").First).ToBeVisibleAsync();
        await Browser.ScreenshotAsync(page, "metrics");

        Task GoAsync(string path) => page.GotoAsync(new Uri(Observed.DashboardLogin, path).AbsoluteUri);

        Task SeesAsync(string text) => Assertions.Expect(page.GetByText(text).First).ToBeVisibleAsync();
    }
}
