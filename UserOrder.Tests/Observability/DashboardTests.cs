using System.Diagnostics;
using System.Net;
using Microsoft.Playwright;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Observability;

/// <summary>The Aspire dashboard in a real browser.</summary>
public sealed class DashboardTests(ObservedSystem system) : ObservedTest(system)
{
    [Fact]
    public async Task The_dashboard_shows_the_resources_their_pages_and_the_server_logs()
    {
        Browser.Require();
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
    public async Task The_dashboard_shows_traces_logs_and_metrics_of_both_services()
    {
        Browser.Require();
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

        await NavigateAsync($"/traces/detail/{trace}");
        await ExpectTextAsync("POST /v1/orders");
        await ExpectTextAsync("INSERT orders");
        await ExpectTextAsync("MSG rabbitmq user-order.events:order.placed.v1:");
        await ExpectTextAsync("user-api");
        await Browser.ScreenshotAsync(page, "trace", height: 340);

        await NavigateAsync("/structuredlogs");
        await ExpectTextAsync("A message of user-api.order-placed became a dead letter");
        await Browser.ScreenshotAsync(page, "structured-logs");

        await NavigateAsync("/metrics/resource/user-api?meter=UserOrder.Messaging&instrument=userorder.event.lag&duration=1");
        await ExpectTextAsync("From the time of an event to the commit of its effect in the other service.");
        await Assertions.Expect(page.Locator(".main-svg").First).ToBeVisibleAsync();
        await Browser.ScreenshotAsync(page, "metrics");

        Task NavigateAsync(string path) => page.GotoAsync(new Uri(Observed.DashboardLogin, path).AbsoluteUri);

        Task ExpectTextAsync(string text) => Assertions.Expect(page.GetByText(text).First).ToBeVisibleAsync();
    }
}
