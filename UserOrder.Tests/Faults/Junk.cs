using System.Net.Sockets;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Faults;

/// <summary>Publishes duplicates of real events and unreadable messages.</summary>
internal sealed class Junk(FaultySystem system)
{
    private const int MaxMessageBytes = 256 * 1024;
    private const int RepeatedEvents = 10;
    private const int Repetitions = 3;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Publishes recent events again, each several times, with the same id and body.</summary>
    public async Task RepeatEventsAsync()
    {
        foreach (var captured in await WithChannelAsync("real events were captured", CaptureAsync))
        {
            for (var i = 0; i < Repetitions; i++)
            {
                // The broker refuses a message that names another user than the one who publishes it.
                var properties = new BasicProperties(captured.BasicProperties) { UserId = null };
                await PublishAsync(captured.RoutingKey, properties, captured.Body.ToArray());
            }
        }
    }

    /// <summary>Publishes one message of each unreadable kind into each queue.</summary>
    public async Task PublishPoisonAsync()
    {
        foreach (var type in Queues.ByType.Keys)
        {
            byte[][] bodies =
            [
                "no JSON"u8.ToArray(),
                [0xff, 0xfe, 0x00],
                "{}"u8.ToArray(),
                TestEvents.Envelope(Guid.NewGuid(), "invoice.paid.v1", new JsonObject { ["id"] = Guid.NewGuid() }),
                TestEvents.Envelope(
                    Guid.NewGuid(), type.Replace(".v1", ".v9", StringComparison.Ordinal), new JsonObject { ["id"] = Guid.NewGuid() }),
                TestEvents.Envelope(Guid.NewGuid(), type, new JsonObject { ["id"] = 5, ["userId"] = 5 }),
                TestEvents.Envelope(Guid.NewGuid(), type, new JsonArray()),
            ];
            foreach (var body in bodies)
            {
                await PublishUnreadableAsync(type, body);
            }
        }
    }

    /// <summary>Publishes two messages over the size limit into each queue: one byte over, and far over.</summary>
    public async Task PublishOversizedAsync()
    {
        foreach (var type in Queues.ByType.Keys)
        {
            await PublishUnreadableAsync(type, new byte[MaxMessageBytes + 1]);
            await PublishUnreadableAsync(type, new byte[4 * MaxMessageBytes]);
        }
    }

    private async Task PublishUnreadableAsync(string type, byte[] body)
    {
        var properties = new BasicProperties { MessageId = Guid.NewGuid().ToString(), Persistent = true };
        system.Ledger.Poison[properties.MessageId] = Queues.ByType[type];
        await PublishAsync(type, properties, body);
    }

    /// <summary>Publishes until the broker confirms. A lost confirm may lead to two copies.</summary>
    private Task<bool> PublishAsync(string routingKey, BasicProperties properties, byte[] body) =>
        WithChannelAsync("the broker took a message", async channel =>
        {
            await channel.BasicPublishAsync(Queues.Exchange, routingKey, mandatory: true, properties, body, Cancelled);
            return true;
        });

    private static async Task<List<BasicGetResult>> CaptureAsync(IChannel channel)
    {
        var copies = (await channel.QueueDeclareAsync(cancellationToken: Cancelled)).QueueName;
        foreach (var type in Queues.ByType.Keys)
        {
            await channel.QueueBindAsync(copies, Queues.Exchange, type, cancellationToken: Cancelled);
        }

        var captured = new List<BasicGetResult>();
        await Until.TrueAsync("events pass", GetAsync, count => count == RepeatedEvents);
        return captured;

        async Task<int> GetAsync()
        {
            // Only the services set the AppId.
            if (await channel.BasicGetAsync(copies, autoAck: true, Cancelled) is { BasicProperties.AppId.Length: > 0 } got)
            {
                captured.Add(got);
            }

            return captured.Count;
        }
    }

    private static bool IsBrokerFailure(Exception exception) => exception is RabbitMQClientException or IOException or SocketException
        or TimeoutException or ObjectDisposedException or OperationCanceledException;

    /// <summary>Runs the work on a new channel, and retries while the broker fails.</summary>
    private async Task<T> WithChannelAsync<T>(string what, Func<IChannel, Task<T>> work)
    {
        var result = default(T);
        await Until.TrueAsync(what, TryAsync, failure => failure is null);
        return result!;

        async Task<string?> TryAsync()
        {
            try
            {
                await using var connection = await system.ConnectToBrokerAsync().WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
                await using var channel = await connection.CreateChannelAsync(
                    new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancelled);
                result = await work(channel);
                return null;
            }
            catch (Exception exception) when (IsBrokerFailure(exception) && !Cancelled.IsCancellationRequested)
            {
                return exception.Message;
            }
        }
    }
}
