using NpgsqlTypes;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.UserApi.Orders;

/// <summary>Counts the orders of each user.</summary>
internal sealed class OrderPlacedHandler : IEventHandler<OrderPlaced>
{
    public async Task HandleAsync(
        IReadOnlyList<ReceivedEvent<OrderPlaced>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
    {
        // Sorted, so that two replicas that count for the same users wait for each other instead of deadlocking.
        await using var command = transaction.CreateCommand(
            """
            insert into order_totals (user_id, order_count, last_order_at)
            select user_id, count(*), max(placed_at)
            from unnest(@user_ids, @placed_ats) as placed(user_id, placed_at)
            group by user_id
            order by user_id
            on conflict (user_id) do update
            set order_count = order_totals.order_count + excluded.order_count,
                last_order_at = greatest(order_totals.last_order_at, excluded.last_order_at)
            """);
        command.AddArray("user_ids", NpgsqlDbType.Uuid, events.Select(placed => placed.Data.UserId));
        command.AddArray("placed_ats", NpgsqlDbType.TimestampTz, events.Select(placed => placed.Data.PlacedAt.ToUniversalTime()));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
