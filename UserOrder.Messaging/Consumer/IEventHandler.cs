using Npgsql;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Consumer;

/// <summary>Applies events of one type to the service's database.</summary>
public interface IEventHandler<TData>
{
    /// <summary>
    /// Applies events inside <paramref name="transaction"/>, which also holds their inbox rows: both are committed or neither. None of
    /// the events took effect before, and none is there twice. Nothing may be done outside the transaction.
    /// </summary>
    /// <param name="events">At least one event; a batch that fails is given again, one event at a time.</param>
    /// <param name="transaction">The open transaction. The caller commits it.</param>
    /// <param name="cancellationToken">Cancelled when the effect is no longer wanted.</param>
    Task HandleAsync(IReadOnlyList<ReceivedEvent<TData>> events, NpgsqlTransaction transaction, CancellationToken cancellationToken);
}
