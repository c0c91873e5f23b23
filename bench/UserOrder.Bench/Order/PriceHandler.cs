using NpgsqlTypes;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Bench.Order;

/// <summary>Stores the products of a batch by one statement, and counts them.</summary>
internal sealed class PriceHandler : IEventHandler<PriceChanged>
{
    private int _applied;

    /// <summary>The events in batches that were written. A batch that is rolled back counts, too.</summary>
    public int Applied => _applied;

    public async Task HandleAsync(
        IReadOnlyList<ReceivedEvent<PriceChanged>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
    {
        await using var insert = transaction.CreateCommand("insert into effects select unnest(@ids)");
        insert.AddArray("ids", NpgsqlDbType.Uuid, events.Select(changed => changed.Data.ProductId));
        await insert.ExecuteNonQueryAsync(cancellationToken);
        Interlocked.Add(ref _applied, events.Count);
    }
}
