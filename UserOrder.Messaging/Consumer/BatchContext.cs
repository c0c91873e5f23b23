namespace UserOrder.Messaging.Consumer;

/// <summary>The state of one batch in progress.</summary>
/// <param name="stopping">Cancelled when the service stops.</param>
internal sealed class BatchContext(CancellationToken stopping)
{
    public CancellationToken Stopping => stopping;

    /// <summary>The deliveries to retry later. All others may be acknowledged.</summary>
    public List<Postponement> Postponed { get; } = [];

    /// <summary>Whether the broker did not answer for a dead letter of the batch. The others then wait, too.</summary>
    public bool IsBrokerSilent { get; set; }
}
