using System.Net;
using System.Text;
using Microsoft.Playwright;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Observability;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Operators;

/// <summary>A service whose heap is smaller than its dead letters.</summary>
public sealed class ManyDeadLettersTests(RunningGraph graph) : OperatorTest(graph)
{
    private const string DeadLetters = "user-api.order-placed.dead";
    private const int Count = 10_000;
    private const int BodyBytes = 8 * 1024;
    private const int HeapBytes = 64 * 1024 * 1024;

    [Fact]
    public async Task Ten_thousand_dead_letters_stay_usable_in_a_small_heap()
    {
        RequireOwnGraph();
        Browser.Require();
        var channel = await OpenChannelAsync();
        try
        {
            await PublishAsync(channel);
            await using var service = await ServiceUnderTest.StartAsync(
                "user-api",
                [
                    .. await SecuredServices.ConnectionsAsync(Graph),
                    ("Security__Open", "true"),
                    ("Messaging__AdminEndpoints", "true"),
                    ("DOTNET_GCHeapHardLimit", $"{HeapBytes:x}"),
                ]);
            await using var browser = await Browser.StartAsync();
            var page = await browser.OpenAsync(new Uri(service.Url, "/admin"));
            await Assertions.Expect(page.Locator("#letters-state")).ToHaveTextAsync("The 100 oldest of 10,000 dead letters.");
            await Assertions.Expect(Rows(page)).ToHaveCountAsync(100);

            using var export = await service.Api.GetAsync(
                "/admin/dead-letters/user-api.order-placed/export", HttpCompletionOption.ResponseHeadersRead, Cancelled);
            Assert.Equal(HttpStatusCode.OK, export.StatusCode);
            using var reader = new StreamReader(await export.Content.ReadAsStreamAsync(Cancelled));
            var lines = 0;
            while (await reader.ReadLineAsync(Cancelled) is { } line)
            {
                Assert.InRange(line.Length, BodyBytes, 2 * BodyBytes);
                lines++;
            }

            Assert.Equal(Count, lines);
            using var alive = await service.Api.GetAsync("/alive", Cancelled);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }
        finally
        {
            await channel.QueuePurgeAsync(DeadLetters, CancellationToken.None);
        }
    }

    private static async Task PublishAsync(IChannel channel)
    {
        var properties = new BasicProperties { Persistent = true, Headers = new Dictionary<string, object?> { ["x-reason"] = "many" } };
        foreach (var chunk in Enumerable.Range(0, Count).Chunk(200))
        {
            await Task.WhenAll(chunk.Select(i => channel.BasicPublishAsync(
                "", DeadLetters, mandatory: true, properties, Encoding.ASCII.GetBytes($"{i}".PadRight(BodyBytes)), Cancelled).AsTask()));
        }
    }
}
