using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Consumer;

/// <summary>Applies events of one type to the service's database.</summary>
public interface IEventHandler<TData>
{
    /// <summary>
    /// Applies events inside <paramref name="transaction"/>, which also holds their inbox rows, so that both commit or neither does. No
    /// event has taken effect before, and none occurs twice. The handler does all its work in the transaction.
    /// </summary>
    /// <param name="events">At least one event. After a batch fails, the handler gets its events again, one at a time.</param>
    /// <param name="transaction">
    /// The open transaction, into which the handler also writes the events that it publishes. The caller commits it.
    /// </param>
    /// <param name="cancellationToken">
    /// For the handler's own calls. The stop of the service does not cancel it, so that a transaction that has begun ends.
    /// </param>
    Task HandleAsync(IReadOnlyList<ReceivedEvent<TData>> events, OutboxTransaction transaction, CancellationToken cancellationToken);
}
