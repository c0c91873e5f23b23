using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;

namespace UserOrder.OrderApi.Orders;

/// <summary>The orders' statements.</summary>
internal sealed class OrderStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly EventOutbox _outbox;
    private readonly GroupCommit<NewOrder, bool> _inserts;

    public OrderStore(NpgsqlDataSource database, EventOutbox outbox)
    {
        _database = database;
        _outbox = outbox;
        _inserts = new GroupCommit<NewOrder, bool>("INSERT orders", InsertAsync);
    }

    /// <summary>Stores the order and its event in one transaction.</summary>
    /// <returns>False where the order's user is not known; nothing is stored then.</returns>
    public Task<bool> AddAsync(OrderResponse order, CancellationToken cancellationToken)
    {
        var placed = new OrderPlaced(order.OrderId, order.UserId, order.Items, order.Total, order.PlacedAt);
        return _inserts.WriteAsync(new NewOrder(order, _outbox.CreateMessage(OrderPlaced.V1, order.OrderId.ToString(), placed)), cancellationToken);
    }

    public async Task<OrderResponse?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("select id, user_id, items, total, placed_at from orders where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>A page by key, which costs the same however far back it is.</summary>
    public async Task<OrderPage> ListAsync(Guid userId, Guid after, int limit, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "select id, user_id, items, total, placed_at from orders where user_id = $1 and id > $2 order by id limit $3");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = userId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var orders = new List<OrderResponse>(limit + 1);
        while (await reader.ReadAsync(cancellationToken))
        {
            orders.Add(Read(reader));
        }

        // The one more than asked for only tells that there is a next page.
        return orders.Count > limit
            ? new OrderPage(orders[..limit], orders[limit - 1].OrderId)
            : new OrderPage(orders, null);
    }

    public ValueTask DisposeAsync() => _inserts.DisposeAsync();

    private async Task<IReadOnlyList<bool>> InsertAsync(IReadOnlyList<NewOrder> orders, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            $"""
            with input as (
              select * from unnest(@ids, @user_ids, @items, @totals, @placed_ats, {EventOutbox.Parameters})
                as row(id, user_id, items, total, placed_at, event_id, event_type, event_body, traceparent, tracestate)
            ), placed as (
              insert into orders (id, user_id, items, total, placed_at)
              select id, user_id, items, total, placed_at from input
              where exists (select from known_users where known_users.id = input.user_id)
              returning id
            ), announced as (
              insert into outbox (id, type, body, traceparent, tracestate)
              select event_id, event_type, event_body, traceparent, tracestate from input join placed using (id)
            )
            select id from placed
            """);
        command.AddArray("ids", NpgsqlDbType.Uuid, orders.Select(order => order.Row.OrderId));
        command.AddArray("user_ids", NpgsqlDbType.Uuid, orders.Select(order => order.Row.UserId));
        command.AddArray("items", NpgsqlDbType.Jsonb, orders.Select(order => JsonSerializer.Serialize(order.Row.Items, OrderJson.Default.IReadOnlyListOrderItem)));
        command.AddArray("totals", NpgsqlDbType.Numeric, orders.Select(order => order.Row.Total));
        command.AddArray("placed_ats", NpgsqlDbType.TimestampTz, orders.Select(order => order.Row.PlacedAt));
        EventOutbox.AddParameters(command, [.. orders.Select(order => order.Event)]);

        var placed = await command.ReadIdsAsync(cancellationToken);
        _outbox.NotifyCommitted();
        return [.. orders.Select(order => placed.Contains(order.Row.OrderId))];
    }

    private static OrderResponse Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetGuid(1),
        JsonSerializer.Deserialize(reader.GetString(2), OrderJson.Default.IReadOnlyListOrderItem)!,
        reader.GetDecimal(3),
        reader.GetFieldValue<DateTimeOffset>(4));

    private sealed record NewOrder(OrderResponse Row, OutboxMessage Event);
}
