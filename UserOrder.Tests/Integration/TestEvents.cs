using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace UserOrder.Tests.Integration;

/// <summary>Events built from the contract, without the code of this project.</summary>
internal static class TestEvents
{
    public static byte[] OrderPlaced(Guid eventId, Guid userId, DateTimeOffset? time = null)
    {
        var order = new JsonObject
        {
            ["orderId"] = Guid.CreateVersion7(),
            ["userId"] = userId,
            ["placedAt"] = time ?? DateTimeOffset.UtcNow,
        };
        return Envelope(eventId, "order.placed.v1", order, time);
    }

    public static byte[] Envelope(Guid eventId, string type, JsonNode data, DateTimeOffset? time = null) =>
        System.Text.Encoding.UTF8.GetBytes(new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = eventId.ToString(),
            ["source"] = "/a-test",
            ["type"] = type,
            ["time"] = time ?? DateTimeOffset.UtcNow,
            ["datacontenttype"] = "application/json",
            ["data"] = data,
        }.ToJsonString());

    /// <summary>Binds a queue that receives a copy of each event of a type. It is deleted with the connection of the channel.</summary>
    public static async Task<string> CopyEventsAsync(this IChannel channel, string type, CancellationToken cancellationToken)
    {
        var queue = (await channel.QueueDeclareAsync(cancellationToken: cancellationToken)).QueueName;
        await channel.QueueBindAsync(queue, "user-order.events", type, cancellationToken: cancellationToken);
        return queue;
    }

    /// <summary>The events of a message, which has one or several.</summary>
    public static IEnumerable<JsonElement> EventsIn(BasicGetResult message)
    {
        var body = JsonElement.Parse(message.Body.Span);
        return body.ValueKind == JsonValueKind.Array ? body.EnumerateArray() : [body];
    }

    public static ValueTask PublishEventAsync(this IChannel channel, string routingKey, byte[] body, CancellationToken cancellationToken) =>
        channel.BasicPublishAsync(
            "user-order.events",
            routingKey,
            mandatory: true,
            new BasicProperties { ContentType = "application/cloudevents+json", Persistent = true },
            body,
            cancellationToken);
}
