using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using UserOrder.Bench.Servers;

namespace UserOrder.Bench.Broker;

/// <summary>
/// The raw limit: RabbitMQ.Client and nothing else. Publishes persistent messages with confirms through a topic exchange to a quorum queue,
/// and consumes them with one acknowledgement for each 250.
/// </summary>
internal sealed class RawBroker(
    BenchServers servers, IConnection publishing, IConnection consuming, IChannel publisher, IChannel consumer, int bodyBytes)
    : IAsyncDisposable
{
    /// <summary>The most messages that are published and not confirmed.</summary>
    public const int Window = 512;

    private const string Name = "bench.raw";
    private const ushort Prefetch = 2000;
    private const int AckEvery = 250;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(1);
    private static readonly CachedString Route = new(Name);

    private readonly SemaphoreSlim _window = new(Window);
    private readonly ConfirmWindow _confirms = new();
    private readonly byte[] _body = new byte[bodyBytes];
    private readonly BasicProperties _properties = new()
    {
        ContentType = "application/cloudevents+json",
        DeliveryMode = DeliveryModes.Persistent,
        MessageId = $"{Guid.CreateVersion7()}",
        Type = Name,
        AppId = Name,
    };

    private long _published;
    private long _confirmed;
    private long _received;

    public static async Task<RawBroker> OpenAsync(BenchServers servers, int bodyBytes)
    {
        var publishing = await servers.Broker.ConnectAsync();
        var consuming = await servers.Broker.ConnectAsync();
        var publisher = await publishing.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
        var consumer = await consuming.CreateChannelAsync();
        await consumer.ExchangeDeclareAsync(Name, ExchangeType.Topic, durable: true);
        await consumer.QueueDeclareAsync(
            Name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await consumer.QueueBindAsync(Name, Name, Name);
        await consumer.BasicQosAsync(prefetchSize: 0, Prefetch, global: false);
        var raw = new RawBroker(servers, publishing, consuming, publisher, consumer, bodyBytes);
        publisher.BasicAcksAsync += (_, ack) => raw.ConfirmAsync(ack.DeliveryTag, ack.Multiple);
        var receiver = new AsyncEventingBasicConsumer(consumer);
        receiver.ReceivedAsync += (_, delivery) => raw.ReceiveAsync(delivery.DeliveryTag);
        await consumer.BasicConsumeAsync(Name, autoAck: false, receiver);
        return raw;
    }

    /// <summary>Publishes for a time, and returns when the last message is acknowledged.</summary>
    /// <exception cref="BenchException">A message was confirmed or delivered too late or never.</exception>
    public async Task<RawResult> RunAsync(TimeSpan duration)
    {
        var (published, client, broker) = (_published, Environment.CpuUsage.TotalTime, servers.BrokerCpuSeconds);
        var clock = Stopwatch.StartNew();
        await PublishAndDrainAsync(clock, duration).WithinAsync(
            duration + Deadline.Grace,
            () => $"Of {_published} messages the broker alone confirmed only {_confirmed} and delivered only {_received}");
        return new RawResult(
            _published - published,
            clock.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - client).TotalSeconds,
            servers.BrokerCpuSeconds - broker);
    }

    public async ValueTask DisposeAsync()
    {
        await publishing.DisposeAsync();
        await consuming.DisposeAsync();
        _window.Dispose();
    }

    private async Task PublishAndDrainAsync(Stopwatch clock, TimeSpan duration)
    {
        while (clock.Elapsed < duration)
        {
            await _window.WaitAsync();
            await publisher.BasicPublishAsync(Route, Route, mandatory: true, _properties, _body);
            _published++;
        }

        while (Volatile.Read(ref _confirmed) < _published || Volatile.Read(ref _received) < _published)
        {
            await Task.Delay(PollInterval);
        }

        // Tag 0 with multiple is everything outstanding (AMQP 0-9-1, basic.ack).
        await consumer.BasicAckAsync(deliveryTag: 0, multiple: true);
    }

    private Task ConfirmAsync(ulong tag, bool multiple)
    {
        if (_confirms.Settle(tag, multiple) is > 0 and var settled)
        {
            _window.Release(settled);
            Volatile.Write(ref _confirmed, _confirmed + settled);
        }

        return Task.CompletedTask;
    }

    private async Task ReceiveAsync(ulong tag)
    {
        if ((_received + 1) % AckEvery == 0)
        {
            await consumer.BasicAckAsync(tag, multiple: true);
        }

        // Counted after its acknowledgement, which the last one must not overtake: the broker closes a channel that acknowledges twice.
        Volatile.Write(ref _received, _received + 1);
    }
}

/// <summary>The messages that were confirmed, delivered and acknowledged.</summary>
/// <param name="Messages">How many.</param>
/// <param name="Seconds">From the first publish to the last acknowledgement.</param>
/// <param name="ClientCpuSeconds">The processor time of this process, which published and consumed.</param>
/// <param name="BrokerCpuSeconds">The processor time of the broker.</param>
internal sealed record RawResult(long Messages, double Seconds, double ClientCpuSeconds, double BrokerCpuSeconds)
{
    public double MessagesPerSecond => Messages / Seconds;
}
