using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Settings;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>One channel that publishes persistent, mandatory messages, with publisher confirms and many in flight.</summary>
/// <remarks>https://www.rabbitmq.com/docs/confirms#publisher-confirms.</remarks>
internal sealed class ConfirmingPublisher : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly MessagingOptions _options;
    private readonly PublishTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly CachedString _exchange;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PublishBatch? _batch;

    // The broker counts the messages of a channel from 1.
    private ulong _nextTag = 1;

    private ConfirmingPublisher(IChannel channel, MessagingOptions options, PublishTelemetry telemetry, TimeProvider time)
    {
        _channel = channel;
        _options = options;
        _telemetry = telemetry;
        _time = time;
        _exchange = new CachedString(options.Exchange);
    }

    /// <summary>Completes when the channel is closed, by whomever.</summary>
    public Task Lost => _lost.Task;

    public static async Task<ConfirmingPublisher> OpenAsync(
        IConnection connection,
        MessagingOptions options,
        PublishTelemetry telemetry,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false),
            cancellationToken);
        var publisher = new ConfirmingPublisher(channel, options, telemetry, time);
        channel.BasicAcksAsync += (_, ack) => Do(() => publisher._batch?.Settle(ack.DeliveryTag, ack.Multiple, PublishOutcome.Confirmed));
        channel.BasicNacksAsync += (_, nack) => Do(() => publisher._batch?.Settle(nack.DeliveryTag, nack.Multiple, PublishOutcome.Rejected));
        channel.BasicReturnAsync += (_, returned) => Do(() => publisher._batch?.Return(returned.BasicProperties.MessageId));
        channel.ChannelShutdownAsync += (_, _) => Do(() =>
        {
            publisher._lost.TrySetResult();
            publisher._batch?.Abandon();
        });
        await Topology.DeclareExchangeAsync(connection, options, cancellationToken);
        return publisher;
    }

    /// <summary>
    /// Publishes all of them before it waits for the first confirm. After an outcome <see cref="PublishOutcome.Unknown"/> the channel must
    /// not be used any more.
    /// </summary>
    /// <returns>The outcomes in the order of the messages.</returns>
    public async Task<PublishOutcome[]> PublishAsync(IReadOnlyList<OutboxMessage> messages)
    {
        var started = _time.GetTimestamp();
        var batch = new PublishBatch(messages, _nextTag);
        _batch = batch;
        var spans = new Activity?[messages.Count];

        // Not the host's stopping token: what is in flight gets its answer before the service stops.
        using var timeout = new CancellationTokenSource(_options.ConfirmTimeout, _time);
        await using var abandoning = timeout.Token.UnsafeRegister(_ => batch.Abandon(), null);
        try
        {
            for (var i = 0; i < spans.Length; i++)
            {
                spans[i] = _telemetry.Start(messages[i]);
                await SendAsync(messages[i], spans[i], timeout.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RabbitMQClientException or IOException or ObjectDisposedException)
        {
            batch.Abandon();
        }

        if (_lost.Task.IsCompleted)
        {
            // It may have closed before it had this batch to abandon.
            batch.Abandon();
        }

        var outcomes = await batch.Outcomes;
        _telemetry.Record(messages, outcomes, _time.GetElapsedTime(started));
        for (var i = 0; i < spans.Length; i++)
        {
            PublishTelemetry.End(spans[i], outcomes[i]);
        }

        return outcomes;
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private ValueTask SendAsync(OutboxMessage message, Activity? span, CancellationToken timeout)
    {
        var properties = new BasicProperties
        {
            ContentType = CloudEvent.ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = message.Id.ToString(),
            Type = message.Type,
            AppId = _options.ServiceName,
            Headers = TraceHeaders.For(span, message.TraceParent, message.TraceState),
        };
        _nextTag++;
        return _channel.BasicPublishAsync(_exchange, new CachedString(message.Type), mandatory: true, properties, message.Body, timeout);
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
