using Microsoft.Playwright;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Observability;

namespace UserOrder.Tests.Operators;

/// <summary>Helpers to use the operators' page of a service as an operator does.</summary>
public abstract class OperatorTest(RunningGraph graph) : DeadLetterTest(graph)
{
    private protected static ILocator Rows(IPage page) => page.Locator("#rows tr");

    private protected static ILocator Button(ILocator within, string name) =>
        within.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private protected static ILocator Button(IPage page, string name) => Button(page.Locator("main"), name);

    /// <summary>Opens the page and waits for the first status.</summary>
    private protected static async Task<IPage> OpenAsync(Browser browser, DeadLetterService service)
    {
        var page = await browser.OpenAsync(new Uri(service.Api.BaseAddress!, "/admin"));
        await ExpectStateAsync(page, "live");
        return page;
    }

    private protected static Task ExpectStateAsync(IPage page, string state) =>
        Assertions.Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-state", state);

    /// <summary>Answers the open confirmation after a look at its title.</summary>
    private protected static async Task ConfirmAsync(IPage page, string title, string action)
    {
        var dialog = page.Locator("dialog#confirm");
        await Assertions.Expect(dialog.Locator("h2")).ToHaveTextAsync(title);
        await Button(dialog, action).ClickAsync();
    }

    /// <summary>Publishes a dead letter as a consumer does.</summary>
    private protected async Task PublishDeadLetterAsync(
        byte[] body, string reason, string? type = null, params (string Name, string Value)[] headers)
    {
        var channel = await OpenChannelAsync();
        var properties = new BasicProperties
        {
            Persistent = true,
            Type = type,
            Headers = new Dictionary<string, object?> { ["x-reason"] = reason, ["x-queue"] = Queue },
        };
        foreach (var (name, value) in headers)
        {
            properties.Headers.Add(name, value);
        }

        await channel.BasicPublishAsync("", $"{Queue}.dead", mandatory: true, properties, body, Cancelled);
    }
}
