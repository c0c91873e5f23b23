using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Idempotency;
using UserOrder.Messaging.Outbox;

namespace UserOrder.UserApi.Users;

/// <summary>The outcome of adding a user.</summary>
internal enum UserAddition
{
    /// <summary>The user exists.</summary>
    Added,

    /// <summary>Another user has the email.</summary>
    EmailTaken,

    /// <summary>Another request has stored the idempotency key; nothing was written.</summary>
    KeyTaken,
}

/// <summary>The users' statements.</summary>
internal sealed class UserStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly EventOutbox _outbox;
    private readonly GroupCommit<NewUser, UserAddition> _inserts;

    public UserStore(NpgsqlDataSource database, EventOutbox outbox)
    {
        _database = database;
        _outbox = outbox;
        _inserts = outbox.CreateGroupCommit<NewUser, UserAddition>(
            "INSERT users", eventOf: user => user.Event, isWritten: addition => addition == UserAddition.Added, InsertAsync);
    }

    /// <summary>
    /// Stores the user, the event and the key in one transaction. When another user has the email, it stores only the key.
    /// </summary>
    public Task<UserAddition> AddAsync(UserResponse user, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        var created = new UserCreated(user.Id, user.Name, user.Email, user.CreatedAt);
        return _inserts.WriteAsync(
            new NewUser(user, key, _outbox.CreateMessage(UserCreated.V1, user.Id.ToString(), created)), cancellationToken);
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
    public async Task<UserPage> ListAsync(Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "select id, name, email, created_at from users where id > $1 order by id limit $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after ?? Guid.Empty });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var users = new List<UserResponse>(limit + 1);
        while (await reader.ReadAsync(cancellationToken))
        {
            users.Add(new UserResponse(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        // The extra row only shows that there is a next page.
        var (items, hasNext) = users.Count > limit ? (users[..limit], true) : (users, false);
        return items is [.., { Id: var last }]
            ? new UserPage(items, hasNext ? last : null, TimeOrderedId.OneMinuteBefore(last))
            : new UserPage(items, null, after);
    }

    public ValueTask DisposeAsync() => _inserts.DisposeAsync();

    private static async Task<IReadOnlyList<UserAddition>> InsertAsync(
        IReadOnlyList<NewUser> users, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Emails are sorted as the keys are, so that two replicas with the same emails do not deadlock. All keys come before all emails:
        // the second sort needs its whole input first.
        await using var command = new NpgsqlCommand(
            $"""
            with input as (
              select *
              from unnest(@ids, @names, @emails, @email_keys, @created_ats, {IdempotencyStore.Parameters}, {OutboxStore.Parameters})
                as row(id, name, email, email_key, created_at, {IdempotencyStore.Columns}, {OutboxStore.Columns})
            ), remembered as (
              {IdempotencyStore.InsertNew("input")}
            ), created as (
              insert into users (id, name, email, email_key, created_at)
              select id, name, email, email_key, created_at from input
              where key is null or id in (select entity_id from remembered)
              order by email_key collate "C"
              on conflict (email_key) do nothing
              returning id
            ), announced as (
              {OutboxStore.InsertWritten("input", "created")}
            )
            select id, true from created
            union all
            select id, false from input where key is not null and id not in (select entity_id from remembered)
            """,
            connection);
        command.AddArray("ids", NpgsqlDbType.Uuid, users.Select(user => user.Row.Id));
        command.AddArray("names", NpgsqlDbType.Text, users.Select(user => user.Row.Name));
        command.AddArray("emails", NpgsqlDbType.Text, users.Select(user => user.Row.Email));
        command.AddArray("email_keys", NpgsqlDbType.Text, users.Select(user => user.Row.Email.ToLowerInvariant()));
        command.AddArray("created_ats", NpgsqlDbType.TimestampTz, users.Select(user => user.Row.CreatedAt));
        IdempotencyStore.AddParameters(command, [.. users.Select(user => user.Key)]);
        OutboxStore.AddParameters(command, [.. users.Select(user => user.Event)]);

        var isNew = await command.ReadFlagsAsync(cancellationToken);
        return [.. users.Select(user => !isNew.TryGetValue(user.Row.Id, out var added)
            ? UserAddition.EmailTaken
            : added ? UserAddition.Added : UserAddition.KeyTaken)];
    }

    private sealed record NewUser(UserResponse Row, IdempotencyKey? Key, OutboxMessage Event);
}
