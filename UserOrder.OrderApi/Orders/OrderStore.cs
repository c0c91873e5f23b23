using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Idempotency;
using UserOrder.Messaging.Outbox;

namespace UserOrder.OrderApi.Orders;

/// <summary>The outcome of adding an order.</summary>
internal enum OrderAddition
{
    /// <summary>The order is placed.</summary>
    Added,

    /// <summary>The order's user is not known here; nothing was written.</summary>
    UnknownUser,

    /// <summary>Another request has stored the idempotency key; nothing was written.</summary>
    KeyTaken,
}

/// <summary>The orders' statements.</summary>
internal sealed class OrderStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly EventOutbox _outbox;
    private readonly GroupCommit<NewOrder, OrderAddition> _inserts;

    public OrderStore(NpgsqlDataSource database, EventOutbox outbox)
    {
        _database = database;
        _outbox = outbox;
        _inserts = outbox.CreateGroupCommit<NewOrder, OrderAddition>(
            "INSERT orders", eventOf: order => order.Event, isWritten: addition => addition == OrderAddition.Added, InsertAsync);
    }

    /// <summary>Stores the order, its event and the key in one transaction.</summary>
    public Task<OrderAddition> AddAsync(OrderResponse order, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        var placed = new OrderPlaced(order.OrderId, order.UserId, order.Items, order.Total, order.PlacedAt);
        return _inserts.WriteAsync(
            new NewOrder(order, key, _outbox.CreateMessage(OrderPlaced.V1, order.OrderId.ToString(), placed)), cancellationToken);
    }

    public async Task<OrderResponse?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("select id, user_id, items, total, placed_at from orders where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>A page by key, which costs the same however far back it is.</summary>
    public async Task<OrderPage> ListAsync(Guid userId, Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "select id, user_id, items, total, placed_at from orders where user_id = $1 and id > $2 order by id limit $3");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = userId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after ?? Guid.Empty });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var orders = new List<OrderResponse>(limit + 1);
        while (await reader.ReadAsync(cancellationToken))
        {
            orders.Add(Read(reader));
        }

        // The extra row only shows that there is a next page.
        var (items, hasNext) = orders.Count > limit ? (orders[..limit], true) : (orders, false);
        return items is [.., { OrderId: var last }]
            ? new OrderPage(items, hasNext ? last : null, TimeOrderedId.OneMinuteBefore(last))
            : new OrderPage(items, null, after);
    }

    public ValueTask DisposeAsync() => _inserts.DisposeAsync();

    private static async Task<IReadOnlyList<OrderAddition>> InsertAsync(
        IReadOnlyList<NewOrder> orders, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with input as (
              select * from unnest(@ids, @user_ids, @items, @totals, @placed_ats, {IdempotencyStore.Parameters}, {OutboxStore.Parameters})
                as row(id, user_id, items, total, placed_at, {IdempotencyStore.Columns}, {OutboxStore.Columns})
              where exists (select from known_users where known_users.id = user_id)
            ), remembered as (
              {IdempotencyStore.InsertNew("input")}
            ), placed as (
              insert into orders (id, user_id, items, total, placed_at)
              select id, user_id, items, total, placed_at from input
              where key is null or id in (select entity_id from remembered)
              returning id
            ), announced as (
              {OutboxStore.InsertWritten("input", "placed")}
            )
            select id, true from placed
            union all
            select id, false from input where key is not null and id not in (select entity_id from remembered)
            """,
            connection);
        command.AddArray("ids", NpgsqlDbType.Uuid, orders.Select(order => order.Row.OrderId));
        command.AddArray("user_ids", NpgsqlDbType.Uuid, orders.Select(order => order.Row.UserId));
        command.AddArray(
            "items",
            NpgsqlDbType.Jsonb,
            orders.Select(order => JsonSerializer.Serialize(order.Row.Items, OrderJson.Default.IReadOnlyListOrderItem)));
        command.AddArray("totals", NpgsqlDbType.Numeric, orders.Select(order => order.Row.Total));
        command.AddArray("placed_ats", NpgsqlDbType.TimestampTz, orders.Select(order => order.Row.PlacedAt));
        IdempotencyStore.AddParameters(command, [.. orders.Select(order => order.Key)]);
        OutboxStore.AddParameters(command, [.. orders.Select(order => order.Event)]);

        var isNew = await command.ReadFlagsAsync(cancellationToken);
        return [.. orders.Select(order => !isNew.TryGetValue(order.Row.OrderId, out var added)
            ? OrderAddition.UnknownUser
            : added ? OrderAddition.Added : OrderAddition.KeyTaken)];
    }

    private static OrderResponse Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetGuid(1),
        JsonSerializer.Deserialize(reader.GetString(2), OrderJson.Default.IReadOnlyListOrderItem)!,
        reader.GetDecimal(3),
        reader.GetFieldValue<DateTimeOffset>(4));

    private sealed record NewOrder(OrderResponse Row, IdempotencyKey? Key, OutboxMessage Event);
}
