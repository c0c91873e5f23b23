using RabbitMQ.Client;

namespace UserOrder.Messaging.Consumer;

/// <summary>The state of one batch in progress.</summary>
/// <param name="channel">The channel that delivered the batch and publishes its dead letters.</param>
/// <param name="stopping">Cancelled when the service stops.</param>
internal sealed class BatchContext(IChannel channel, CancellationToken stopping)
{
    public IChannel Channel => channel;

    public CancellationToken Stopping => stopping;

    /// <summary>The deliveries to retry later. All others may be acknowledged.</summary>
    public List<Postponement> Postponed { get; } = [];
}
