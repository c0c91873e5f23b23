using RabbitMQ.Client.Events;

namespace UserOrder.Messaging.Outbox;

/// <summary>Reports nothing: the broker of the schedules takes every event.</summary>
internal sealed class RelayProblems
{
    public void Report(
        IReadOnlyList<OutboxMessage> messages,
        IReadOnlyList<PublishOutcome> outcomes,
        IReadOnlyDictionary<string, ShutdownEventArgs> refused)
    {
        Assert.Equal(messages.Count, outcomes.Count);
        Assert.Empty(refused);
    }
}
