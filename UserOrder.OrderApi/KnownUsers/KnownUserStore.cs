using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>The known users' statements.</summary>
internal sealed class KnownUserStore(NpgsqlDataSource database)
{
    private const string Insert = "insert into known_users (id) select id from unnest(@ids) as id order by id on conflict do nothing";

    /// <summary>Adds a user after an answer of UserApi.</summary>
    public async Task AddAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Insert);
        await AddAsync(command, [id], cancellationToken);
    }

    /// <summary>Adds users in the transaction of their events. An answer of UserApi may have added some of them before.</summary>
    public static async Task AddAsync(OutboxTransaction transaction, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        await using var command = transaction.CreateCommand(Insert);
        await AddAsync(command, ids, cancellationToken);
    }

    private static async Task AddAsync(NpgsqlCommand command, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        command.AddArray("ids", NpgsqlDbType.Uuid, ids);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
