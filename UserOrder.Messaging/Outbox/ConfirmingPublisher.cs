using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>Publishes persistent, mandatory messages on one channel, with publisher confirms and many messages in flight.</summary>
/// <remarks>https://www.rabbitmq.com/docs/confirms#publisher-confirms.</remarks>
internal sealed class ConfirmingPublisher : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly string? _user;
    private readonly MessagingOptions _options;
    private readonly PublishTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly CachedString _exchange;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PublishBatch? _batch;

    // The broker numbers the messages of a channel from 1.
    private ulong _nextTag = 1;

    private ConfirmingPublisher(IChannel channel, string? user, MessagingOptions options, PublishTelemetry telemetry, TimeProvider time)
    {
        _channel = channel;
        _user = user;
        _options = options;
        _telemetry = telemetry;
        _time = time;
        _exchange = new CachedString(options.Exchange);
    }

    /// <summary>Completes when either side has closed the channel.</summary>
    public Task Lost => _lost.Task;

    /// <summary>How the channel was closed; null while it is open.</summary>
    public ShutdownEventArgs? Close => _channel.CloseReason;

    public static async Task<ConfirmingPublisher> OpenAsync(
        IConnection connection,
        string? user,
        MessagingOptions options,
        PublishTelemetry telemetry,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false),
            cancellationToken);
        var publisher = new ConfirmingPublisher(channel, user, options, telemetry, time);
        channel.BasicAcksAsync += (_, ack) =>
            AmqpEvent.Do(() => publisher._batch?.Settle(ack.DeliveryTag, ack.Multiple, PublishOutcome.Confirmed));
        channel.BasicNacksAsync += (_, nack) =>
            AmqpEvent.Do(() => publisher._batch?.Settle(nack.DeliveryTag, nack.Multiple, PublishOutcome.Rejected));
        channel.BasicReturnAsync += (_, returned) => AmqpEvent.Do(() => publisher._batch?.Return(returned.BasicProperties.MessageId));
        channel.ChannelShutdownAsync += (_, _) => AmqpEvent.Do(() =>
        {
            publisher._lost.TrySetResult();
            publisher._batch?.Abandon();
        });
        await Topology.DeclareExchangeAsync(connection, options, cancellationToken);
        return publisher;
    }

    /// <summary>
    /// Publishes all events before it waits for the first confirm. After an outcome <see cref="PublishOutcome.Unknown"/>, the caller must
    /// not use the channel again.
    /// </summary>
    /// <param name="events">The events.</param>
    /// <param name="maxEvents">The most events of a message.</param>
    /// <returns>The outcomes in the order of the events.</returns>
    public async Task<PublishOutcome[]> PublishAsync(IReadOnlyList<OutboxMessage> events, int maxEvents = 1)
    {
        var started = _time.GetTimestamp();
        var messages = OutgoingMessage.Pack(events, maxEvents, OutgoingMessage.MaxBatchBytesOf(_options));
        var batch = new PublishBatch(messages, _nextTag);
        _batch = batch;
        var spans = new Activity?[events.Count];

        // The stop of the host must not end the wait: the relay needs the confirms of the messages in flight.
        using var timeout = new CancellationTokenSource(_options.ConfirmTimeout, _time);
        await using var abandoning = timeout.Token.UnsafeRegister(_ => batch.Abandon(), null);
        try
        {
            foreach (var message in messages)
            {
                foreach (var index in message.Indexes)
                {
                    spans[index] = _telemetry.Start(events[index]);
                }

                await SendAsync(message, HeadersOf(message, events, spans), timeout.Token);
            }
        }
        catch (Exception exception) when (
            exception is OperationCanceledException or RabbitMQClientException or IOException or ObjectDisposedException)
        {
            batch.Abandon();
        }

        if (_lost.Task.IsCompleted)
        {
            // The channel may have closed before _batch was set, so that the shutdown handler could not abandon this batch.
            batch.Abandon();
        }

        var outcomes = Expand(messages, await batch.Outcomes, events.Count);
        _telemetry.Record(events, outcomes, _time.GetElapsedTime(started));
        for (var i = 0; i < spans.Length; i++)
        {
            PublishTelemetry.End(spans[i], outcomes[i]);
        }

        return outcomes;
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    /// <summary>The outcome of each event: that of its message.</summary>
    private static PublishOutcome[] Expand(List<OutgoingMessage> messages, PublishOutcome[] outcomes, int events)
    {
        if (messages.Count == events)
        {
            return outcomes;
        }

        var expanded = new PublishOutcome[events];
        foreach (var (message, outcome) in messages.Zip(outcomes))
        {
            foreach (var index in message.Indexes)
            {
                expanded[index] = outcome;
            }
        }

        return expanded;
    }

    /// <summary>The trace context of a single event. Each of several events has its own, in its envelope.</summary>
    private static Dictionary<string, object?>? HeadersOf(OutgoingMessage message, IReadOnlyList<OutboxMessage> events, Activity?[] spans)
    {
        if (message.IsBatch)
        {
            return null;
        }

        var index = message.Indexes.First();
        return TraceHeaders.For(spans[index], events[index].TraceParent, events[index].TraceState);
    }

    private ValueTask SendAsync(OutgoingMessage message, Dictionary<string, object?>? headers, CancellationToken timeout)
    {
        var properties = new BasicProperties
        {
            ContentType = message.ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = message.Id.ToString(),
            Type = message.Type,
            AppId = _options.ServiceName,
            UserId = _user,
            Headers = headers,
        };
        _nextTag++;
        return _channel.BasicPublishAsync(_exchange, new CachedString(message.Type), mandatory: true, properties, message.Write(), timeout);
    }
}
