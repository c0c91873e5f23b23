using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Consumes a queue: processes the delivered messages as one batch, then acknowledges the batch cumulatively. It does not wait for a batch
/// to fill, so under low load a batch is one message.
/// </summary>
internal sealed partial class EventConsumer<TData>(
    Subscription<TData> subscription,
    BatchProcessor<TData> processor,
    DeliverySplitter splitter,
    SchemaMigrator migrator,
    BrokerConnections broker,
    ConsumedQueues queues,
    BrokerProblems problems,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<EventConsumer<TData>> logger) : BackgroundService
{
    private readonly MessagingOptions _options = options.Value;
    private readonly PrefetchWindow _prefetch = new(options.Value.Prefetch, time);
    private readonly string _what = $"queue {subscription.Queue}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        processor.Start();
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeAsync(backoff, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (problems.Report(_what, exception))
                {
                    LogWaiting(subscription.Queue, BrokerFault.ReasonOf(exception));
                }

                await backoff.WaitAsync(stoppingToken);
            }
        }
    }

    /// <summary>Waits for the end of a pause, and consumes until the prefetch must change or an operator pauses the consumer.</summary>
    /// <exception cref="BrokerLostException">The channel or the consumer has ended.</exception>
    private async Task ConsumeAsync(Backoff backoff, CancellationToken stoppingToken)
    {
        var connection = await broker.Consuming.GetAsync(stoppingToken);
        await Topology.DeclareQueueAsync(connection, subscription.Source, _options, logger, stoppingToken);
        var queue = queues.Of(subscription.Queue);
        queue.SetDeclared();
        await queue.Pause.WaitUntilRunningAsync(stoppingToken);
        if (!connection.IsOpen)
        {
            // It was lost during the pause.
            return;
        }

        await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
        await channel.BasicQosAsync(prefetchSize: 0, (ushort)_prefetch.Size, global: false, stoppingToken);
        using var deliveries = new DeliveryBuffer(
            channel, queue, splitter, _options.PrefetchBytes, new Pace(_options.BatchInterval, time), time);
        var consumer = await StartAsync(channel, deliveries, stoppingToken);
        LogConsuming(subscription.Queue);
        problems.End(_what);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var pausing = EndAtPauseAsync(queue.Pause, channel, consumer, deliveries, ending.Token);
        bool isCancelled;
        try
        {
            isCancelled = await ProcessAsync(channel, consumer, deliveries, backoff, stoppingToken);
        }
        finally
        {
            await ending.CancelAsync();
            await pausing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (deliveries.Overflow > 0)
        {
            _prefetch.Shrink(deliveries.Overflow);
            LogOverflow(subscription.Queue, deliveries.Overflow + 1, _options.PrefetchBytes, _prefetch.Size);
            return;
        }

        if (isCancelled || queue.Pause.IsPaused)
        {
            return;
        }

        throw channel.CloseReason is { } close
            ? new BrokerLostException("The channel was closed.", close)
            : new BrokerLostException("The broker cancelled the consumer: the queue was deleted or is not available.");
    }

    /// <summary>Processes the messages that arrive until the buffer ends.</summary>
    /// <returns>Whether it has cancelled the consumer, because the prefetch must grow.</returns>
    private async Task<bool> ProcessAsync(
        IChannel channel, string consumer, DeliveryBuffer deliveries, Backoff backoff, CancellationToken stoppingToken)
    {
        var isCancelled = false;
        while (await deliveries.TakeAsync(_options.ConsumerBatchSize, stoppingToken) is { Count: > 0 } batch && channel.IsOpen)
        {
            FailPoint.Reach(FailPoint.ConsumerReceived, batch.Select(delivery => delivery.MessageId));
            var postponed = await processor.ProcessAsync(batch, stoppingToken);
            await deliveries.SettleAsync(batch, postponed, stoppingToken);
            FailPoint.Reach(
                FailPoint.ConsumerAcknowledged,
                batch.Where(delivery => delivery.Message.Open == 0).Select(delivery => delivery.MessageId));
            backoff.Reset();
            if (_prefetch.ShouldGrow)
            {
                // The loop ends after the deliveries that have arrived.
                _prefetch.Grow();
                await EndDeliveriesAsync(channel, consumer, deliveries, stoppingToken);
                isCancelled = true;
            }
        }

        return isCancelled;
    }

    /// <summary>Asks the broker for no more messages once an operator pauses the consumer. Those that have arrived are processed.</summary>
    private async Task EndAtPauseAsync(
        PauseSwitch pause, IChannel channel, string consumer, DeliveryBuffer deliveries, CancellationToken cancellationToken)
    {
        await pause.WaitUntilPausedAsync(cancellationToken);
        try
        {
            await EndDeliveriesAsync(channel, consumer, deliveries, cancellationToken);
        }
        finally
        {
            // Also if the broker does not answer: it takes back what it delivers from now on.
            deliveries.Complete();
        }
    }

    private async Task EndDeliveriesAsync(
        IChannel channel, string consumer, DeliveryBuffer deliveries, CancellationToken cancellationToken)
    {
        if (subscription.Source.IsOrdered)
        {
            // After a cancellation the broker would activate another replica, and later events would overtake those that have arrived here.
            deliveries.Complete();
        }
        else
        {
            await channel.BasicCancelAsync(consumer, noWait: false, cancellationToken);
        }
    }

    /// <returns>The consumer's tag.</returns>
    private async Task<string> StartAsync(IChannel channel, DeliveryBuffer buffer, CancellationToken stoppingToken)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, arguments) => AmqpEvent.Do(() => buffer.Add(arguments));
        consumer.UnregisteredAsync += (_, _) => AmqpEvent.Do(buffer.Complete);
        channel.ChannelShutdownAsync += (_, _) => AmqpEvent.Do(buffer.Complete);
        return await channel.BasicConsumeAsync(subscription.Queue, autoAck: false, consumer, stoppingToken);
    }

    [LoggerMessage(21, LogLevel.Information, "Consuming from {Queue}")]
    private partial void LogConsuming(string queue);

    [LoggerMessage(
        49, LogLevel.Warning, "{Count} messages of {Queue} have more than {Bytes} bytes; the consumer asks for {Prefetch} at a time")]
    private partial void LogOverflow(string queue, int count, int bytes, int prefetch);

    [LoggerMessage(22, LogLevel.Warning, "The consumer of {Queue} waits, the broker keeps the messages: {Reason}")]
    private partial void LogWaiting(string queue, string reason);
}
