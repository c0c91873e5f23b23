using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Broker;

/// <summary>The exchange and queues of the reliable path. Declaring them again is harmless, so everyone declares what it uses.</summary>
internal static partial class Topology
{
    /// <summary>What a queue's dead letters are kept in.</summary>
    public static string DeadLettersOf(string queue) => $"{queue}.dead";

    /// <summary>
    /// What leads to the queue and its dead letters and nowhere else. The default exchange leads to every queue of the broker, so whoever may
    /// publish to it may forge the events of all others.
    /// </summary>
    public static string ExchangeOf(string queue) => queue;

    /// <summary>Declares the topic exchange, unless it is there: a service that may not declare it may still use it.</summary>
    public static async Task DeclareExchangeAsync(IConnection connection, MessagingOptions options, CancellationToken cancellationToken)
    {
        try
        {
            // On a channel of its own, because the broker closes the channel that asked for an exchange it has not.
            await using var asking = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await asking.ExchangeDeclarePassiveAsync(options.Exchange, cancellationToken);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.NotFound })
        {
            await using var declaring = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await declaring.ExchangeDeclareAsync(options.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        }
    }

    /// <summary>
    /// Declares a subscription: its queue, the queue of its dead letters, the exchange that leads to both, and the bindings. A queue that is there with other arguments is
    /// used as it is, with a warning.
    /// </summary>
    public static async Task DeclareQueueAsync(
        IConnection connection, string queue, string bindingKey, MessagingOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        await DeclareExchangeAsync(connection, options, cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(ExchangeOf(queue), ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        await DeclareQuorumQueueAsync(DeadLettersOf(queue), new()
        {
            // To look at a dead letter is a delivery, and RabbitMQ 4 drops what it has delivered 20 times where no limit is given.
            ["x-delivery-limit"] = int.MaxValue,
        });
        await DeclareQuorumQueueAsync(queue, new()
        {
            ["x-delivery-limit"] = options.DeliveryLimit,
            ["x-dead-letter-exchange"] = ExchangeOf(queue),
            ["x-dead-letter-routing-key"] = DeadLettersOf(queue),

            // At-least-once dead-lettering needs reject-publish: https://www.rabbitmq.com/docs/quorum-queues#activating-at-least-once-dead-lettering
            ["x-dead-letter-strategy"] = "at-least-once",
        });
        await channel.QueueBindAsync(DeadLettersOf(queue), ExchangeOf(queue), DeadLettersOf(queue), cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue, ExchangeOf(queue), queue, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue, options.Exchange, bindingKey, cancellationToken: cancellationToken);

        async Task DeclareQuorumQueueAsync(string name, Dictionary<string, object?> arguments)
        {
            arguments["x-queue-type"] = "quorum";
            arguments["x-max-length"] = options.QueueMaxLength;
            arguments["x-overflow"] = "reject-publish";
            try
            {
                // On a channel of its own, because the broker closes the channel whose declaration it refuses.
                await using var declaring = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                await declaring.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
            }
            catch (OperationInterruptedException exception) when (exception.ShutdownReason is { ReplyCode: Constants.PreconditionFailed } reason)
            {
                LogDeclaredOtherwise(logger, name, reason.ReplyText);
            }
        }
    }

    [LoggerMessage(23, LogLevel.Warning, "The queue {Queue} was declared with other arguments before, and is used as it is: {Reason}")]
    private static partial void LogDeclaredOtherwise(ILogger logger, string queue, string reason);
}
