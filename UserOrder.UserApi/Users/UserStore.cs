using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;

namespace UserOrder.UserApi.Users;

/// <summary>The users' statements.</summary>
internal sealed class UserStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly EventOutbox _outbox;
    private readonly GroupCommit<NewUser, bool> _inserts;

    public UserStore(NpgsqlDataSource database, EventOutbox outbox)
    {
        _database = database;
        _outbox = outbox;
        _inserts = new GroupCommit<NewUser, bool>("INSERT users", InsertAsync);
    }

    /// <summary>Stores the user and the event in one transaction.</summary>
    /// <returns>False where another user has the email.</returns>
    public Task<bool> AddAsync(UserResponse user, CancellationToken cancellationToken)
    {
        var created = new UserCreated(user.Id, user.Name, user.Email, user.CreatedAt);
        return _inserts.WriteAsync(new NewUser(user, _outbox.CreateMessage(UserCreated.V1, user.Id.ToString(), created)), cancellationToken);
    }

    public async Task<UserDetails?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            """
            select id, name, email, created_at, coalesce(order_count, 0), last_order_at
            from users left join order_totals on user_id = id
            where id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new UserDetails(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetFieldValue<DateTimeOffset>(3),
                reader.GetInt64(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5))
            : null;
    }

    /// <summary>A page by key, which costs the same however far back it is.</summary>
    public async Task<UserPage> ListAsync(Guid after, int limit, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "select id, name, email, created_at from users where id > $1 order by id limit $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var users = new List<UserResponse>(limit + 1);
        while (await reader.ReadAsync(cancellationToken))
        {
            users.Add(new UserResponse(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        // The one more than asked for only tells that there is a next page.
        return users.Count > limit
            ? new UserPage(users[..limit], users[limit - 1].Id)
            : new UserPage(users, null);
    }

    public ValueTask DisposeAsync() => _inserts.DisposeAsync();

    private async Task<IReadOnlyList<bool>> InsertAsync(IReadOnlyList<NewUser> users, CancellationToken cancellationToken)
    {
        // Sorted by the unique key, so that two replicas that insert the same emails wait for each other instead of deadlocking.
        await using var command = _database.CreateCommand(
            $"""
            with input as (
              select * from unnest(@ids, @names, @emails, @email_keys, @created_ats, {EventOutbox.Parameters})
                as row(id, name, email, email_key, created_at, event_id, event_type, event_body, traceparent, tracestate)
            ), created as (
              insert into users (id, name, email, email_key, created_at)
              select id, name, email, email_key, created_at from input order by email_key collate "C"
              on conflict (email_key) do nothing
              returning id
            ), announced as (
              insert into outbox (id, type, body, traceparent, tracestate)
              select event_id, event_type, event_body, traceparent, tracestate from input join created using (id)
            )
            select id from created
            """);
        command.AddArray("ids", NpgsqlDbType.Uuid, users.Select(user => user.Row.Id));
        command.AddArray("names", NpgsqlDbType.Text, users.Select(user => user.Row.Name));
        command.AddArray("emails", NpgsqlDbType.Text, users.Select(user => user.Row.Email));
        command.AddArray("email_keys", NpgsqlDbType.Text, users.Select(user => user.Row.Email.ToLowerInvariant()));
        command.AddArray("created_ats", NpgsqlDbType.TimestampTz, users.Select(user => user.Row.CreatedAt));
        EventOutbox.AddParameters(command, [.. users.Select(user => user.Event)]);

        var created = await command.ReadIdsAsync(cancellationToken);
        _outbox.NotifyCommitted();
        return [.. users.Select(user => created.Contains(user.Row.Id))];
    }

    private sealed record NewUser(UserResponse Row, OutboxMessage Event);
}
