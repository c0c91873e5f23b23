using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Outbox;

/// <summary>The relay's statements. All of them run in the transaction that holds the claim.</summary>
internal static class OutboxStore
{
    /// <summary>Locks the oldest events that are due and that no other relay has locked.</summary>
    public static async Task<List<OutboxMessage>> ClaimAsync(NpgsqlTransaction transaction, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select id, type, body, traceparent, tracestate
            from outbox
            where available_at <= now()
            order by id
            limit $1
            for update skip locked
            """,
            transaction.Connection,
            transaction)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = limit } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<OutboxMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(new OutboxMessage(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetFieldValue<byte[]>(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4)));
        }

        return messages;
    }

    /// <summary>Removes what the broker has confirmed.</summary>
    public static Task DeleteAsync(NpgsqlTransaction transaction, Guid[] ids, CancellationToken cancellationToken) =>
        ExecuteAsync(transaction, "delete from outbox where id = any(@ids)", ids, cancellationToken);

    /// <summary>Lets what the broker refused wait: 100 ms, doubled each time, at most 5 s.</summary>
    public static Task PostponeAsync(NpgsqlTransaction transaction, Guid[] ids, CancellationToken cancellationToken) =>
        ExecuteAsync(
            transaction,
            """
            update outbox
            set attempts = attempts + 1,
                available_at = now() + least(interval '100 ms' * power(2, least(attempts, 10)), interval '5 s')
            where id = any(@ids)
            """,
            ids,
            cancellationToken);

    private static async Task ExecuteAsync(NpgsqlTransaction transaction, string sql, Guid[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length > 0)
        {
            await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
            command.AddArray("ids", NpgsqlDbType.Uuid, ids);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
