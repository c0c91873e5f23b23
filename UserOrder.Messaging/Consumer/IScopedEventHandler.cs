using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.Consumer;

/// <summary>
/// Applies one event to the service's database, from a dependency-injection scope of its own. For many events a second, prefer
/// <see cref="IEventHandler{TData}"/>, which applies a batch by one statement.
/// </summary>
public interface IScopedEventHandler<TData>
{
    /// <summary>
    /// Applies an event inside <paramref name="transaction"/>, which also holds its inbox row, so that both commit or neither does. The
    /// event has not taken effect before. Events that wait together share the transaction; after one of them fails, the handler gets each
    /// again in a transaction of its own.
    /// </summary>
    /// <param name="received">The event.</param>
    /// <param name="transaction">
    /// The open transaction, into which the handler also writes the events that it publishes. The caller commits it.
    /// </param>
    /// <param name="cancellationToken">For the handler's own calls. The stop of the service does not cancel it.</param>
    Task HandleAsync(ReceivedEvent<TData> received, OutboxTransaction transaction, CancellationToken cancellationToken);
}
