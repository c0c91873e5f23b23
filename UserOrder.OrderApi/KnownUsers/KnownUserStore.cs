using Npgsql;
using NpgsqlTypes;

namespace UserOrder.OrderApi.KnownUsers;

/// <summary>The known users' statements.</summary>
internal sealed class KnownUserStore(NpgsqlDataSource database)
{
    public async Task AddAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = CreateAdd([id]);
        command.Connection = connection;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds users, each of which may be known already: by its event or by an answer of UserApi, whichever came first.</summary>
    public static NpgsqlCommand CreateAdd(Guid[] ids) =>
        new("insert into known_users (id) select id from unnest($1) as id order by id on conflict do nothing")
        {
            Parameters = { new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, Value = ids } },
        };
}
