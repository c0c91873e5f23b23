using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>What the broker said of a published message.</summary>
internal enum PublishOutcome
{
    /// <summary>It is stored in every queue it was routed to.</summary>
    Confirmed,

    /// <summary>It was returned because no queue takes it, or refused because a queue is full.</summary>
    Rejected,

    /// <summary>The channel was lost or the time ran out: it may be stored or not.</summary>
    Unknown,
}

/// <summary>One channel that publishes persistent, mandatory messages, with publisher confirms and many in flight.</summary>
/// <remarks>https://www.rabbitmq.com/docs/confirms#publisher-confirms.</remarks>
internal sealed class ConfirmingPublisher : IAsyncDisposable
{
    private readonly IChannel _channel;
    private readonly MessagingOptions _options;
    private readonly MessagingTelemetry _telemetry;
    private readonly TimeProvider _time;

    private ConfirmingPublisher(IChannel channel, MessagingOptions options, MessagingTelemetry telemetry, TimeProvider time)
    {
        _channel = channel;
        _options = options;
        _telemetry = telemetry;
        _time = time;
    }

    public bool IsOpen => _channel.IsOpen;

    public static async Task<ConfirmingPublisher> OpenAsync(
        IConnection connection,
        Action onLost,
        MessagingOptions options,
        MessagingTelemetry telemetry,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        // No rate limiter: the relay's batch bounds what is in flight, and the client's limiter would delay well before its limit.
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellationToken);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            onLost();
            return Task.CompletedTask;
        };
        await Topology.DeclareExchangeAsync(channel, options, cancellationToken);
        return new ConfirmingPublisher(channel, options, telemetry, time);
    }

    /// <summary>Publishes all of them before it waits for the first confirm. The outcomes are in the order of the messages.</summary>
    public async Task<PublishOutcome[]> PublishAsync(IReadOnlyList<OutboxMessage> messages)
    {
        // Not the host's stopping token: what is in flight gets its answer before the service stops.
        using var timeout = new CancellationTokenSource(_options.ConfirmTimeout, _time);
        var publishing = new Task<PublishOutcome>[messages.Count];
        for (var i = 0; i < publishing.Length; i++)
        {
            publishing[i] = PublishAsync(messages[i], timeout.Token);
        }

        return await Task.WhenAll(publishing);
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private async Task<PublishOutcome> PublishAsync(OutboxMessage message, CancellationToken timeout)
    {
        using var activity = MessagingTelemetry.StartPublish(message, _options.Exchange);
        var outcome = await SendAsync(message, activity, timeout);
        _telemetry.RecordPublished(message.Type, outcome);
        if (outcome != PublishOutcome.Confirmed)
        {
            activity?.SetStatus(ActivityStatusCode.Error, outcome.ToString());
        }

        return outcome;
    }

    private async Task<PublishOutcome> SendAsync(OutboxMessage message, Activity? activity, CancellationToken timeout)
    {
        var properties = new BasicProperties
        {
            ContentType = CloudEvent.ContentType,
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = message.Id.ToString(),
            Type = message.Type,
            AppId = _options.ServiceName,
            Headers = TraceHeaders.For(activity, message),
        };
        try
        {
            await _channel.BasicPublishAsync(_options.Exchange, message.Type, mandatory: true, properties, message.Body, timeout);
            return PublishOutcome.Confirmed;
        }
        catch (PublishException)
        {
            return PublishOutcome.Rejected;
        }
        catch (Exception exception) when (exception is OperationCanceledException or RabbitMQClientException or IOException or ObjectDisposedException)
        {
            return PublishOutcome.Unknown;
        }
    }
}
