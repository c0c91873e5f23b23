using RabbitMQ.Client;

namespace UserOrder.Messaging.Broker;

/// <summary>The exchange and queues of the reliable path. Declaring them again is harmless, so everyone declares what it uses.</summary>
internal static class Topology
{
    /// <summary>What a queue's dead letters are kept in.</summary>
    public static string DeadLettersOf(string queue) => $"{queue}.dead";

    /// <summary>Declares the topic exchange.</summary>
    public static Task DeclareExchangeAsync(IChannel channel, MessagingOptions options, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(options.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);

    /// <summary>Declares a subscription: its queue, the queue of its dead letters, and the binding.</summary>
    public static async Task DeclareQueueAsync(IChannel channel, string queue, string bindingKey, MessagingOptions options, CancellationToken cancellationToken)
    {
        await DeclareExchangeAsync(channel, options, cancellationToken);
        await DeclareQuorumQueueAsync(DeadLettersOf(queue), []);
        await DeclareQuorumQueueAsync(queue, new()
        {
            ["x-delivery-limit"] = options.DeliveryLimit,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = DeadLettersOf(queue),

            // At-least-once dead-lettering needs reject-publish: https://www.rabbitmq.com/docs/quorum-queues#activating-at-least-once-dead-lettering
            ["x-dead-letter-strategy"] = "at-least-once",
        });
        await channel.QueueBindAsync(queue, options.Exchange, bindingKey, cancellationToken: cancellationToken);

        Task DeclareQuorumQueueAsync(string name, Dictionary<string, object?> arguments)
        {
            arguments["x-queue-type"] = "quorum";
            arguments["x-max-length"] = options.QueueMaxLength;
            arguments["x-overflow"] = "reject-publish";
            return channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
        }
    }
}
