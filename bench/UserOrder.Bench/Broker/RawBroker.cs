using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace UserOrder.Bench.Broker;

/// <summary>
/// The raw limit: RabbitMQ.Client and nothing else, in one process. Publishes persistent messages with confirms through
/// a topic exchange to a quorum queue, and consumes them with one acknowledgement for each 250.
/// </summary>
internal sealed class RawBroker : IAsyncDisposable
{
    /// <summary>The most messages that are published and not confirmed.</summary>
    public const int Window = 512;

    /// <summary>The variable that names the broker to the process that runs this.</summary>
    public const string UriVariable = "RABBITMQ_URL";

    private const string Name = "bench.raw";
    private const ushort Prefetch = 2000;
    private const int AckEvery = 250;

    private readonly IConnection _publishing;
    private readonly IConnection _consuming;
    private readonly IChannel _publisher;
    private readonly IChannel _consumer;
    private readonly SemaphoreSlim _window = new(Window);
    private readonly byte[] _body;
    private readonly BasicProperties _properties = new()
    {
        ContentType = "application/cloudevents+json",
        DeliveryMode = DeliveryModes.Persistent,
        MessageId = Guid.CreateVersion7().ToString(),
        Type = Name,
        AppId = Name,
    };

    private readonly ConfirmWindow _confirms = new();

    private long _published;
    private long _received;
    private long _expected = long.MaxValue;
    private TaskCompletionSource _allAcknowledged = new();

    private RawBroker(IConnection publishing, IConnection consuming, IChannel publisher, IChannel consumer, int bodyBytes)
    {
        _publishing = publishing;
        _consuming = consuming;
        _publisher = publisher;
        _consumer = consumer;
        _body = new byte[bodyBytes];
        _publisher.BasicAcksAsync += (_, ack) =>
        {
            if (_confirms.Settle(ack.DeliveryTag, ack.Multiple) is > 0 and var settled)
            {
                _window.Release(settled);
            }

            return Task.CompletedTask;
        };
    }

    public static async Task<RawBroker> OpenAsync(Uri uri, int bodyBytes)
    {
        var factory = new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false };
        var publishing = await factory.CreateConnectionAsync();
        var consuming = await factory.CreateConnectionAsync();
        var publisher = await publishing.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
        var consumer = await consuming.CreateChannelAsync();
        await consumer.ExchangeDeclareAsync(Name, ExchangeType.Topic, durable: true);
        await consumer.QueueDeclareAsync(
            Name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await consumer.QueueBindAsync(Name, Name, Name);
        await consumer.BasicQosAsync(prefetchSize: 0, Prefetch, global: false);
        var raw = new RawBroker(publishing, consuming, publisher, consumer, bodyBytes);
        var receiver = new AsyncEventingBasicConsumer(consumer);
        receiver.ReceivedAsync += (_, delivery) => raw.ReceiveAsync(delivery.DeliveryTag);
        await consumer.BasicConsumeAsync(Name, autoAck: false, receiver);
        return raw;
    }

    /// <summary>Publishes for a time, and returns when the last message is acknowledged.</summary>
    public async Task<RawResult> RunAsync(TimeSpan duration)
    {
        var before = _published;
        _expected = long.MaxValue;
        _allAcknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var exchange = new CachedString(Name);
        var cpuBefore = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            await _window.WaitAsync();
            await _publisher.BasicPublishAsync(exchange, exchange, mandatory: true, _properties, _body);
            _published++;
        }

        for (var i = 0; i < Window; i++)
        {
            await _window.WaitAsync();
        }

        _window.Release(Window);
        Volatile.Write(ref _expected, _published);
        await AcknowledgeLastAsync();
        await _allAcknowledged.Task;
        return new RawResult(_published - before, clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _consumer.QueueDeleteAsync(Name);
        await _consumer.ExchangeDeleteAsync(Name);
        await _publishing.DisposeAsync();
        await _consuming.DisposeAsync();
        _window.Dispose();
    }

    private async Task ReceiveAsync(ulong tag)
    {
        var received = Interlocked.Increment(ref _received);
        if (received % AckEvery == 0)
        {
            await _consumer.BasicAckAsync(tag, multiple: true);
        }

        await AcknowledgeLastAsync();
    }

    /// <summary>Called by whoever comes last: the delivery, or the news that it is the last.</summary>
    private async Task AcknowledgeLastAsync()
    {
        if (Volatile.Read(ref _received) == Volatile.Read(ref _expected))
        {
            // Tag 0 with multiple is everything outstanding (AMQP 0-9-1, basic.ack).
            await _consumer.BasicAckAsync(deliveryTag: 0, multiple: true);
            _allAcknowledged.TrySetResult();
        }
    }
}
