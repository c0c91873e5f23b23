using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// The relay's statements, all of them in one transaction. What it takes is deleted at once, and is there again for everyone if the
/// transaction does not come to its end.
/// </summary>
internal static class OutboxStore
{
    /// <summary>Takes the oldest events that are due and that no other relay has in hand.</summary>
    public static async Task<List<OutboxRow>> TakeAsync(NpgsqlTransaction transaction, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            delete from outbox
            where ctid = any(array(
              select ctid from outbox
              where available_at <= now()
              order by id
              limit $1
              for update skip locked))
            returning id, type, body, traceparent, tracestate, attempts
            """,
            transaction.Connection,
            transaction)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = limit } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<OutboxRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var message = new OutboxMessage(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetFieldValue<byte[]>(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4));
            rows.Add(new OutboxRow(message, reader.GetInt32(5)));
        }

        return rows;
    }

    /// <summary>Puts back what the broker did not take, and lets it wait: 100 ms, doubled each time, at most 5 s.</summary>
    public static async Task PutBackAsync(NpgsqlTransaction transaction, IReadOnlyList<OutboxRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"""
            insert into outbox (id, type, body, traceparent, tracestate, attempts, available_at)
            select id, type, body, traceparent, tracestate, attempts + 1,
              now() + least(interval '100 ms' * power(2, least(attempts, 10)), interval '5 s')
            from unnest({EventOutbox.Parameters}, @attempts) as row(id, type, body, traceparent, tracestate, attempts)
            """,
            transaction.Connection,
            transaction);
        EventOutbox.AddParameters(command, [.. rows.Select(row => row.Message)]);
        command.AddArray("attempts", NpgsqlDbType.Integer, rows.Select(row => row.Attempts));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
