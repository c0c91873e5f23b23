using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// The statements on the outbox, and the SQL fragments that let a service write its rows and their events in one statement.
/// </summary>
public static class OutboxStore
{
    /// <summary>
    /// The array parameters that <see cref="AddParameters"/> adds, for <c>unnest</c>. Their columns are <see cref="Columns"/>.
    /// </summary>
    public const string Parameters = "@outbox_ids, @outbox_types, @outbox_bodies, @outbox_traceparents, @outbox_tracestates";

    // Always true. It is no part of a row, so the server evaluates it once.
    private const string WithoutFlush = "(select set_config('synchronous_commit', 'off', true)) = 'off'";

    private const string Due = "now() + make_interval(secs => @outbox_term)";

    /// <summary>The column names of <see cref="Parameters"/>.</summary>
    public const string Columns = "event_id, event_type, event_body, traceparent, tracestate";

    internal const string Insert =
        $"insert into outbox (id, type, body, traceparent, tracestate, available_at) select *, {Due} from unnest({Parameters})";

    /// <summary>
    /// Writes events with an ordering key, each key's in the order of the array. The keys are sorted, so that two transactions wait for
    /// each other instead of deadlocking.
    /// </summary>
    internal const string InsertOrdered =
        $"""
        insert into outbox (id, type, body, traceparent, tracestate, ordering_key, available_at, position)
        select {Columns}, ordering_key, 'infinity', next_outbox_position(event_type, ordering_key)
        from (
          select * from unnest({Parameters}, @outbox_keys) with ordinality as row({Columns}, ordering_key, number)
          order by event_type, ordering_key, number
          offset 0
        ) as sorted
        """;

    private const int TryBytes = 16 * 1024;

    // An arbitrary number, which keeps these advisory locks apart from others.
    private const int ClaimsOfTypes = 1_869_968_751;

    /// <summary>
    /// The statement that writes the events of the rows of <paramref name="input"/> whose <c>id</c> is in <paramref name="written"/>.
    /// </summary>
    /// <param name="input">A table expression with the columns <c>id</c> and <see cref="Columns"/>.</param>
    /// <param name="written">A table expression with the column <c>id</c>.</param>
    /// <remarks>
    /// <c>is true</c> makes the planner look each id up in a hash table. Without it, the planner chooses a join, underestimates the arrays,
    /// and compares every row with every other.
    /// </remarks>
    public static string InsertWritten(string input, string written) =>
        $"""
        insert into outbox (id, type, body, traceparent, tracestate, available_at)
        select {Columns}, {Due} from {input} where (id in (select id from {written})) is true
        """;

    /// <summary>
    /// Adds <see cref="Parameters"/> to a command, with one array element for each message, and what the statements of this class need
    /// besides.
    /// </summary>
    public static void AddParameters(NpgsqlCommand command, IReadOnlyList<OutboxMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.AddArray("outbox_ids", NpgsqlDbType.Uuid, messages.Select(message => message.Id));
        command.AddArray("outbox_types", NpgsqlDbType.Text, messages.Select(message => message.Type));
        command.AddArray("outbox_bodies", NpgsqlDbType.Bytea, messages.Select(message => message.Body));
        command.AddArray("outbox_traceparents", NpgsqlDbType.Text, messages.Select(message => message.TraceParent));
        command.AddArray("outbox_tracestates", NpgsqlDbType.Text, messages.Select(message => message.TraceState));
        var term = messages.Count > 0 ? messages[0].Term : TimeSpan.Zero;
        command.Parameters.Add(new NpgsqlParameter<double>("outbox_term", term.TotalSeconds));
    }

    /// <summary>Writes an event and deletes it again in one transaction, so that no relay sees it.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer, or committed without its synchronous standby.</exception>
    internal static async Task TryWriteAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        // Random bytes, which do not compress: they need new pages, as real events do, so the write fails on a full disk.
        var body = RandomNumberGenerator.GetBytes(TryBytes);
        var message = new OutboxMessage(Guid.CreateVersion7(), "try", body, TraceParent: null, TraceState: null);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var watch = new CommitWatch(connection);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand(Insert, connection, transaction);
        AddParameters(insert, [message]);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var delete = new NpgsqlCommand("delete from outbox where id = $1", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = message.Id } },
        };
        await delete.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        watch.ThrowIfUnreplicated();
    }

    /// <summary>Finds events that wait: by the primary key, or among the oldest ones that may be meant.</summary>
    /// <param name="database">The database.</param>
    /// <param name="key">The event's id, its subject or the id of its trace.</param>
    /// <param name="looked">The number of events to look at.</param>
    /// <param name="limit">The maximum number of events to find.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>The events, and whether all that may be meant were looked at.</returns>
    internal static async Task<(IReadOnlyList<(Guid Id, string Type, int Attempts)> Found, bool IsComplete)> SearchAsync(
        NpgsqlDataSource database, EventKey key, int looked, int limit, CancellationToken cancellationToken)
    {
        // The writer writes the subject in this form. A property of the content may have it, too; the operator sees the type.
        await using var command = database.CreateCommand(
            """
            with near as materialized (
              select id, type, attempts, traceparent, body from outbox where id >= @first order by id limit @looked
            )
            select (select count(*) from near) < @looked, found.id, found.type, found.attempts
            from (values (1)) as one left join (
              select id, type, attempts from outbox where id = @id
              union
              select id, type, attempts from near
              where substr(traceparent, 4, 32) = @trace or position(convert_to(@subject, 'UTF8') in body) > 0
              order by id limit @limit
            ) as found on true
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid>("first", key.First));
        command.Parameters.Add(new NpgsqlParameter<int>("looked", looked));
        command.Parameters.Add(new NpgsqlParameter<Guid>("id", key.Id ?? Guid.Empty));
        command.Parameters.Add(new NpgsqlParameter<string>("trace", key.TraceId ?? ""));
        command.Parameters.Add(new NpgsqlParameter<string>("subject", $"\"subject\":\"{JsonEncodedText.Encode(key.Subject)}\""));
        command.Parameters.Add(new NpgsqlParameter<int>("limit", limit));
        return await command.ReadSearchAsync(reader => (reader.GetGuid(1), reader.GetString(2), reader.GetInt32(3)), cancellationToken);
    }

    /// <summary>
    /// Claims the oldest due events that no other relay has claimed. The claim deletes their rows, which return if the transaction does not
    /// commit. The commit does not wait for the disk: a server that crashes may return the rows, and the inbox drops the duplicates.
    /// </summary>
    internal static async Task<List<OutboxRow>> TakeAsync(NpgsqlTransaction transaction, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            delete from outbox
            where ctid = any(array(
              select ctid from outbox
              where available_at <= now()
              order by id
              limit $1
              for update skip locked))
              and {WithoutFlush}
            returning id, type, body, traceparent, tracestate, attempts, current_setting('synchronous_standby_names') <> '', ordering_key
            """,
            transaction.Connection,
            transaction)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = limit } },
        };
        return await ReadRowsAsync(command, cancellationToken);
    }

    /// <summary>
    /// Claims all events of one type that have an ordering key, unless another relay has claimed them, and reads the first ones. The rows
    /// stay in the table.
    /// </summary>
    /// <param name="transaction">Holds the claim.</param>
    /// <param name="lastType">The type that was claimed before, which now comes last.</param>
    /// <param name="exceptKeys">The ordering keys whose events wait.</param>
    /// <param name="limit">The maximum number of rows.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    internal static async Task<List<OutboxRow>> LockOrderedAsync(
        NpgsqlTransaction transaction,
        string lastType,
        IReadOnlyCollection<string> exceptKeys,
        int limit,
        CancellationToken cancellationToken)
    {
        // The recursion reads one index entry for each type. The second part draws its rows one by one, so it locks only one type.
        await using var command = new NpgsqlCommand(
            """
            with recursive types(type) as (
              (select type from outbox where position is not null order by type limit 1)
              union all
              select (
                select next.type from outbox as next
                where next.position is not null and next.type > types.type order by next.type limit 1)
              from types where types.type is not null
            ), waiting as materialized (
              select type from types where type is not null order by type <= @last_type, type
            ), claimed as materialized (
              select type from waiting where pg_try_advisory_xact_lock(@claims, hashtext(type)) limit 1
            )
            select id, type, body, traceparent, tracestate, attempts, current_setting('synchronous_standby_names') <> '', ordering_key
            from outbox
            where position is not null and type = (select type from claimed) and ordering_key <> all(@except_keys)
            order by position
            limit @limit
            for update
            """,
            transaction.Connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter<string>("last_type", lastType));
        command.Parameters.Add(new NpgsqlParameter<int>("claims", ClaimsOfTypes));
        command.Parameters.Add(new NpgsqlParameter<int>("limit", limit));
        command.AddArray("except_keys", NpgsqlDbType.Text, exceptKeys);
        return await ReadRowsAsync(command, cancellationToken);
    }

    /// <summary>Whether any event with an ordering key waits.</summary>
    internal static async Task<bool> HasOrderedAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from outbox where position is not null)", transaction.Connection, transaction);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Puts back the events that the broker did not confirm. Each waits 100 ms, doubled with each attempt, at most 5 s.</summary>
    internal static async Task PutBackAsync(
        NpgsqlTransaction transaction, IReadOnlyList<OutboxRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"""
            insert into outbox (id, type, body, traceparent, tracestate, attempts, available_at)
            select {Columns}, attempts + 1, now() + least(interval '100 ms' * power(2, least(attempts, 10)), interval '5 s')
            from unnest({Parameters}, @attempts) as row({Columns}, attempts)
            """,
            transaction.Connection,
            transaction);
        AddParameters(command, [.. rows.Select(row => row.Message)]);
        command.AddArray("attempts", NpgsqlDbType.Integer, rows.Select(row => row.Attempts));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Lets events that the broker did not confirm, and whose rows are in the table, wait for their second attempt.</summary>
    internal static Task PostponeAsync(NpgsqlConnection connection, IReadOnlyList<OutboxRow> rows) => ExecuteAsync(
        connection, "update outbox set attempts = attempts + 1, available_at = now() + interval '100 ms' where id = any(@ids)", rows);

    /// <summary>Counts a failed attempt of events that keep their places.</summary>
    internal static Task CountAttemptAsync(NpgsqlConnection connection, IReadOnlyList<OutboxRow> rows) =>
        ExecuteAsync(connection, "update outbox set attempts = attempts + 1 where id = any(@ids)", rows);

    /// <summary>
    /// Deletes confirmed events. The commit does not wait for the disk: a server that crashes may return the rows, and the inbox drops the
    /// duplicates.
    /// </summary>
    internal static Task DeleteAsync(NpgsqlConnection connection, IReadOnlyList<OutboxRow> rows) =>
        ExecuteAsync(connection, $"delete from outbox where id = any(@ids) and {WithoutFlush}", rows);

    /// <summary>Reads an event from the first columns: id, type, body, traceparent, tracestate.</summary>
    internal static OutboxMessage ReadMessage(NpgsqlDataReader reader, string? orderingKey = null) => new(
        reader.GetGuid(0),
        reader.GetString(1),
        reader.GetFieldValue<byte[]>(2),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        reader.IsDBNull(4) ? null : reader.GetString(4))
    {
        OrderingKey = orderingKey,
    };

    private static async Task<List<OutboxRow>> ReadRowsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<OutboxRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var message = ReadMessage(reader, orderingKey: reader.IsDBNull(7) ? null : reader.GetString(7));
            rows.Add(new OutboxRow(message, reader.GetInt32(5), reader.GetBoolean(6)));
        }

        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, IReadOnlyList<OutboxRow> rows)
    {
        if (rows.Count > 0)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.AddArray("ids", NpgsqlDbType.Uuid, rows.Select(row => row.Message.Id));
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }
}
