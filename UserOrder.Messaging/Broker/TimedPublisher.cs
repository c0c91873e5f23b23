using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// Publishes single messages on the publishing connection, each within a time limit. An alarm of the broker blocks a connection that
/// publishes, so acknowledgements go by another one.
/// </summary>
/// <param name="connection">The publishing connection.</param>
/// <param name="limit">How long the broker may take to store a message.</param>
/// <param name="time">The clock of the limit.</param>
internal sealed class TimedPublisher(BrokerConnection connection, TimeSpan limit, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private IChannel? _channel;
    private volatile IChannel? _discarded;

    /// <summary>Completes when the broker has stored the message.</summary>
    /// <exception cref="PublishException">The broker refuses the message, or no queue is bound.</exception>
    /// <exception cref="BrokerLostException">
    /// The broker blocks the connection, or did not confirm in time. It may store the message later.
    /// </exception>
    /// <exception cref="OperationInterruptedException">The broker closed the channel.</exception>
    public async Task PublishAsync(
        string exchange, string routingKey, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        IChannel? channel = null;
        try
        {
            channel = await OpenAsync(either.Token);
            connection.ThrowIfBlocked();
            await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The channel may be open on a dead connection.
            _ = DiscardAsync(channel);
            connection.ThrowIfBlocked();
            throw new BrokerLostException($"The broker did not confirm a message within {limit.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => _opening.Dispose();

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_channel is not { IsOpen: true } || _discarded == _channel)
            {
                var opened = await connection.GetAsync(cancellationToken);
                connection.ThrowIfBlocked();
                _channel = await opened.CreateChannelAsync(
                    new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
                    cancellationToken);
            }

            return _channel;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Closes a channel without waiting for the broker.</summary>
    private async Task DiscardAsync(IChannel? channel)
    {
        _discarded = channel;
        if (channel is not null)
        {
            await channel.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
