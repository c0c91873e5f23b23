using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// Declares the exchanges and queues of the reliable path. Declarations are idempotent, so each component declares its own.
/// </summary>
internal static partial class Topology
{
    /// <summary>The name of the queue that keeps a queue's dead letters.</summary>
    public static string DeadLettersOf(string queue) => $"{queue}.dead";

    /// <summary>
    /// The name of the exchange that routes to a queue and its dead letters only. The default exchange routes to every queue of the broker,
    /// so a user who may publish to it could forge the events of any service.
    /// </summary>
    public static string ExchangeOf(string queue) => queue;

    /// <summary>Declares the topic exchange if it is missing. A service that may not declare it may still use it.</summary>
    public static async Task DeclareExchangeAsync(IConnection connection, MessagingOptions options, CancellationToken cancellationToken)
    {
        try
        {
            // The check needs a channel of its own, because the broker closes the channel if the exchange is missing.
            await using var checking = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            await checking.ExchangeDeclarePassiveAsync(options.Exchange, cancellationToken);
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason is { ReplyCode: Constants.NotFound } reason)
        {
            await using var declaring = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await declaring.ExchangeDeclareAsync(
                    options.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);
            }
            catch (OperationInterruptedException refused) when (refused.ShutdownReason is { ReplyCode: Constants.AccessRefused })
            {
                // The missing exchange is the reason, not the missing right to declare it.
                throw new BrokerLostException(reason.ReplyText, reason);
            }
        }
    }

    /// <summary>
    /// Checks that all of a subscription exists. Bindings cannot be looked up, so they are made again, which changes no existing one.
    /// </summary>
    /// <exception cref="OperationInterruptedException">Something is missing, or the service lacks a right.</exception>
    public static async Task<QueueCount> CheckQueueAsync(
        IConnection connection, SubscribedQueue queue, MessagingOptions options, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.ExchangeDeclarePassiveAsync(options.Exchange, cancellationToken);
        await channel.ExchangeDeclarePassiveAsync(ExchangeOf(queue.Name), cancellationToken);
        var found = await channel.QueueDeclarePassiveAsync(queue.Name, cancellationToken);
        await channel.QueueDeclarePassiveAsync(DeadLettersOf(queue.Name), cancellationToken);
        await BindAsync(channel, queue, options, cancellationToken);
        return new QueueCount(found.MessageCount, found.ConsumerCount);
    }

    /// <summary>
    /// Declares a subscription: its queue, the queue of its dead letters, the exchange that routes to both, and the bindings. If a queue
    /// exists with other arguments, the service logs a warning and uses it unchanged.
    /// </summary>
    /// <exception cref="BrokerLostException">
    /// The queue must keep the order of its events, and exists with other arguments. The broker names only one that differs, so nothing
    /// tells whether the queue keeps the order.
    /// </exception>
    public static async Task DeclareQueueAsync(
        IConnection connection, SubscribedQueue queue, MessagingOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var (name, exchange, deadLetters) = (queue.Name, ExchangeOf(queue.Name), DeadLettersOf(queue.Name));
        await DeclareExchangeAsync(connection, options, cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(
            exchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        await DeclareQuorumQueueAsync(deadLetters, new()
        {
            // Each inspection of a dead letter is a delivery, and by default RabbitMQ 4 drops a message after 20 deliveries.
            ["x-delivery-limit"] = int.MaxValue,
        });
        var arguments = new Dictionary<string, object?>
        {
            ["x-delivery-limit"] = options.DeliveryLimit,
            ["x-dead-letter-exchange"] = exchange,
            ["x-dead-letter-routing-key"] = deadLetters,

            // At-least-once dead-lettering needs reject-publish:
            // https://www.rabbitmq.com/docs/quorum-queues#activating-at-least-once-dead-lettering
            ["x-dead-letter-strategy"] = "at-least-once",
        };
        if (queue.IsOrdered)
        {
            // https://www.rabbitmq.com/docs/consumers#single-active-consumer
            arguments["x-single-active-consumer"] = true;
        }

        await DeclareQuorumQueueAsync(name, arguments);
        await BindAsync(channel, queue, options, cancellationToken);

        async Task DeclareQuorumQueueAsync(string declared, Dictionary<string, object?> arguments)
        {
            arguments["x-queue-type"] = "quorum";
            arguments["x-max-length"] = options.QueueMaxLength;
            arguments["x-max-length-bytes"] = options.QueueMaxBytes;
            arguments["x-overflow"] = "reject-publish";
            try
            {
                // Each declaration needs a channel of its own, because the broker closes the channel if it refuses the declaration.
                await using var declaring = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                await declaring.QueueDeclareAsync(
                    declared, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
            }
            catch (OperationInterruptedException exception) when (
                exception.ShutdownReason is { ReplyCode: Constants.PreconditionFailed } reason)
            {
                if (queue.IsOrdered && declared == name)
                {
                    throw new BrokerLostException(
                        $"{name} must keep the order, and exists with other arguments. Delete it when it is empty. {reason.ReplyText}");
                }

                LogArgumentsDiffer(logger, declared, reason.ReplyText);
            }
        }
    }

    private static async Task BindAsync(
        IChannel channel, SubscribedQueue queue, MessagingOptions options, CancellationToken cancellationToken)
    {
        var (name, exchange, deadLetters) = (queue.Name, ExchangeOf(queue.Name), DeadLettersOf(queue.Name));
        await channel.QueueBindAsync(deadLetters, exchange, deadLetters, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(name, exchange, name, cancellationToken: cancellationToken);
        if (queue.IsDrained)
        {
            await channel.QueueUnbindAsync(name, options.Exchange, queue.EventType, cancellationToken: cancellationToken);
        }
        else
        {
            await channel.QueueBindAsync(name, options.Exchange, queue.EventType, cancellationToken: cancellationToken);
        }
    }

    [LoggerMessage(23, LogLevel.Warning, "The queue {Queue} was declared with other arguments before and is used unchanged: {Reason}")]
    private static partial void LogArgumentsDiffer(ILogger logger, string queue, string reason);
}
