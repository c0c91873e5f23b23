using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Takes what has been delivered as one batch, has it processed, and acknowledges it with one cumulative acknowledgement. There is no
/// waiting for a batch to fill: under low load a batch is one message.
/// </summary>
internal sealed partial class EventConsumer<TData>(
    Subscription<TData> subscription,
    BatchProcessor<TData> processor,
    SchemaMigrator migrator,
    BrokerConnections broker,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<EventConsumer<TData>> logger) : BackgroundService
{
    private readonly MessagingOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await migrator.Ready.WaitAsync(stoppingToken);
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConsumeUntilLostAsync(backoff, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                await backoff.WaitAsync(() => LogWaiting(subscription.Queue, exception.Message), stoppingToken);
            }
        }
    }

    private async Task ConsumeUntilLostAsync(Backoff backoff, CancellationToken stoppingToken)
    {
        var connection = await broker.Consuming.GetAsync(stoppingToken);

        // Confirms, because dead letters are published on this channel before the originals are acknowledged.
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            stoppingToken);
        await Topology.DeclareQueueAsync(connection, subscription.Queue, subscription.Type.Name, _options, logger, stoppingToken);
        await channel.BasicQosAsync(prefetchSize: 0, (ushort)_options.Prefetch, global: false, stoppingToken);
        var deliveries = await StartAsync(channel, stoppingToken);
        LogConsuming(subscription.Queue);

        var batch = new List<Delivery>(_options.ConsumerBatchSize);
        while (await deliveries.WaitToReadAsync(stoppingToken) && channel.IsOpen)
        {
            batch.Clear();
            while (batch.Count < _options.ConsumerBatchSize && deliveries.TryRead(out var delivery))
            {
                batch.Add(delivery);
            }

            await processor.ProcessAsync(channel, batch, stoppingToken);

            // Everything up to the last tag of this channel is done, so one acknowledgement covers it.
            await channel.BasicAckAsync(batch[^1].Tag, multiple: true, CancellationToken.None);
            backoff.Reset();
        }

        throw new BrokerLostException("The channel was closed, or the broker cancelled the consumer.");
    }

    /// <summary>Buffers what is delivered, which is at most the prefetch, until the channel or the consumer ends.</summary>
    private async Task<ChannelReader<Delivery>> StartAsync(IChannel channel, CancellationToken stoppingToken)
    {
        var buffer = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, arguments) =>
        {
            buffer.Writer.TryWrite(Delivery.From(arguments));
            return Task.CompletedTask;
        };
        consumer.UnregisteredAsync += (_, _) => EndAsync();
        channel.ChannelShutdownAsync += (_, _) => EndAsync();
        await channel.BasicConsumeAsync(subscription.Queue, autoAck: false, consumer, stoppingToken);
        return buffer.Reader;

        Task EndAsync()
        {
            buffer.Writer.TryComplete();
            return Task.CompletedTask;
        }
    }

    [LoggerMessage(21, LogLevel.Information, "Consuming from {Queue}")]
    private partial void LogConsuming(string queue);

    [LoggerMessage(22, LogLevel.Warning, "The consumer of {Queue} waits, the broker keeps the messages: {Reason}")]
    private partial void LogWaiting(string queue, string reason);
}
