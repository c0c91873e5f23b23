using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Consumer;

/// <summary>Applies events of one type to the service's database.</summary>
public interface IEventHandler<TData>
{
    /// <summary>
    /// Applies events inside <paramref name="transaction"/>, which also holds their inbox rows: both are committed or neither. None of
    /// the events took effect before, and none is there twice. The handler does all its work in the transaction.
    /// </summary>
    /// <param name="events">At least one event; a batch that fails is given again, one event at a time.</param>
    /// <param name="transaction">The open transaction, which also takes the events that the handler publishes. The caller commits it.</param>
    /// <param name="cancellationToken">Cancelled when the effect is no longer needed.</param>
    Task HandleAsync(IReadOnlyList<ReceivedEvent<TData>> events, OutboxTransaction transaction, CancellationToken cancellationToken);
}
