using Npgsql;
using UserOrder.Messaging.Retention;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Auditing;

/// <summary>The statements on the table of operators' actions.</summary>
internal sealed class AuditStore(NpgsqlDataSource database)
{
    private const int MaxTextLength = 500;

    /// <summary>The table's entry for the purge of expired rows.</summary>
    public static PurgedTable Purged(MessagingOptions options) => new(
        options.AuditRetention,
        (database, retention, limit, cancellationToken) =>
            RetentionStore.PurgeAsync(database, "operator_actions", "begun_at", retention, limit, cancellationToken));

    /// <summary>The latest actions, the newest first.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async Task<IReadOnlyList<OperatorAction>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select begun_at, begun_by, action, target, detail, ended_at is not null, count, failure
            from operator_actions order by id desc limit $1
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var actions = new List<OperatorAction>();
        while (await reader.ReadAsync(cancellationToken))
        {
            actions.Add(new OperatorAction(
                reader.GetFieldValue<DateTimeOffset>(0),
                Text(1),
                reader.GetString(2),
                reader.GetString(3),
                Text(4),
                reader.GetBoolean(5),
                reader.IsDBNull(6) ? null : reader.GetInt32(6),
                Text(7)));
        }

        return actions;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>Records that an action begins.</summary>
    /// <returns>The row's id.</returns>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async Task<long> BeginAsync(string? by, string action, string target, string detail, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "insert into operator_actions (begun_by, action, target, detail) values ($1, $2, $3, $4) returning id");
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = by });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = action });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Fit(detail) });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Records how an action ended.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer.</exception>
    public async Task EndAsync(long id, int? count, string? failure)
    {
        await using var command = database.CreateCommand(
            "update operator_actions set ended_at = now(), count = $2, failure = $3 where id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = count });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = failure is null ? null : Fit(failure) });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>
    /// PostgreSQL stores neither a zero character nor half a surrogate pair, and a reason may be as long as a message's headers.
    /// </summary>
    private static string Fit(string text)
    {
        var length = char.IsHighSurrogate(text.ElementAtOrDefault(MaxTextLength - 1)) ? MaxTextLength - 1 : MaxTextLength;
        return (text.Length <= MaxTextLength ? text : $"{text[..length]}…").Replace('\0', '\uFFFD');
    }
}
