namespace UserOrder.Messaging.Outbox;

/// <summary>Counts the batches of the relay.</summary>
internal sealed class OutboxBacklog
{
    public int Batches { get; private set; }

    public void RecordRelayed() => Batches++;
}
