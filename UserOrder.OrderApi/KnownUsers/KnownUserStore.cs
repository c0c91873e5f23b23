using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>The known users' statements.</summary>
internal sealed class KnownUserStore(NpgsqlDataSource database)
{
    public async Task AddAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await AddAsync(connection, [id], cancellationToken);
    }

    /// <summary>Adds users, each of which may be known already: by its event or by an answer of UserApi, whichever came first.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "insert into known_users (id) select id from unnest(@ids) as id order by id on conflict do nothing", connection);
        command.AddArray("ids", NpgsqlDbType.Uuid, ids);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
