using System.Globalization;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Integration;

/// <summary>Messages whose bytes, not their number, exceed what a consumer may hold.</summary>
public sealed class LargeMessageTests(RunningGraph graph) : DeadLetterTest(graph)
{
    [Fact]
    public async Task A_consumer_holds_the_bytes_it_may_and_applies_each_event_once()
    {
        const int Events = 30;
        await using var service = await StartAsync(
            ("Messaging:PrefetchBytes", "4194304"), ("Messaging:MaxMessageBytes", "2097152"), ("Messaging:Prefetch", "100"));
        var gate = new TaskCompletionSource();
        service.Handler.WaitFor(gate.Task);
        var names = Enumerable.Range(0, Events).Select(i => $"{i:00}{new string('x', 1_000_000)}").ToArray();

        await PublishAsync(names);
        gate.SetResult();

        await Until.EqualAsync(Events, "the events took effect", () => Task.FromResult(service.Handler.Handled.Count));
        Assert.Equal(names.Order(StringComparer.Ordinal), service.Handler.Handled.Order(StringComparer.Ordinal));
        Assert.Equal(
            1, service.Logs.Count($"5 messages of {Queue} have more than 4194304 bytes; the consumer asks for 2 at a time"));
    }

    [Fact]
    public async Task Twenty_messages_of_10_MB_become_dead_letters_within_the_memory_of_a_pod()
    {
        RequireOwnGraph();
        const int Messages = 20;
        const long Heap = 192L * 1024 * 1024; // The runtime takes three quarters of a pod's 256 Mi.
        var name = $"large_{Guid.NewGuid():N}";
        var broker = new UriBuilder(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)) { Path = name }.Uri;
        using var administrator = await BrokerAdministrator.OfAsync(Graph);
        await administrator.PutAsync("vhosts", new { }, name);
        await using (var service = await ServiceUnderTest.StartAsync(
            "order-api",
            ("ConnectionStrings__rabbitmq", broker.ToString()),
            ("ConnectionStrings__orderdb", await CreateDatabaseAsync(name)),
            ("Security__Open", "true"),
            ("services__user-api__http__0", UserApi.BaseAddress!.ToString()),
            ("DOTNET_GCHeapHardLimit", Heap.ToString("X", CultureInfo.InvariantCulture))))
        {
            await Until.TrueAsync(
                "the service consumes",
                () => Task.FromResult(service.Output),
                output => output.Contains("Consuming from order-api.user-created", StringComparison.Ordinal));
            await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(Cancelled);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            var body = new byte[10_000_000];
            for (var i = 0; i < Messages; i++)
            {
                await channel.BasicPublishAsync("", "order-api.user-created", mandatory: true, body, Cancelled);
            }

            await Until.EqualAsync(
                (uint)Messages,
                "the messages are dead letters",
                () => channel.MessageCountAsync("order-api.user-created.dead", Cancelled));
            Assert.DoesNotContain("OutOfMemoryException", service.Output, StringComparison.Ordinal);
        }

        await administrator.DeleteAsync("vhosts", name);
    }
}
