using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>
/// Who may do what in the service's database: the owner changes the schema, and the role that the service runs as only reads and writes
/// rows. Without an owner the service's own role does both, as far as the database lets it.
/// </summary>
/// <param name="runtime">The connection string that the service runs with.</param>
/// <param name="owner">The connection string of a role that owns the schema and may create roles; null where the role is there already.</param>
internal sealed class DatabaseAccess(string runtime, string? owner)
{
    private readonly NpgsqlConnectionStringBuilder _runtime = new(runtime);

    /// <summary>Opens a connection that may change the schema. The owner's is in no pool: nothing of it stays open.</summary>
    public async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (owner is null)
        {
            return await database.OpenConnectionAsync(cancellationToken);
        }

        var connection = new NpgsqlConnection($"Timeout=5;GSS Encryption Mode=Disable;{owner};Pooling=false");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Makes the role that the service runs as, gives it its password, and lets it use the tables and nothing else.</summary>
    /// <exception cref="InvalidOperationException">The role is the owner, or may do more than a service should.</exception>
    /// <exception cref="PostgresException">The owner may not do that.</exception>
    public async Task GrantAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (owner is null)
        {
            return;
        }

        var role = _runtime.Username ?? "";
        if (role.Length == 0 || role == new NpgsqlConnectionStringBuilder(owner).Username)
        {
            throw new InvalidOperationException("The role that the service runs as must not be the owner of its database.");
        }

        var name = Quoted(role);
        if (!await IsTrueAsync(connection, "select exists (select from pg_roles where rolname = $1)", role, cancellationToken))
        {
            await ExecuteAsync(connection, $"create role {name} login", cancellationToken);
        }

        // Before the password, so that a role with too many rights is left as it is.
        if (await IsTrueAsync(
            connection,
            "select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls from pg_roles where rolname = $1",
            role,
            cancellationToken))
        {
            throw new InvalidOperationException($"The role '{role}' that the service runs as may do more than use its tables.");
        }

        await ExecuteAsync(
            connection,
            $"""
            alter role {name} login password '{ScramVerifier.Of(_runtime.Password ?? "")}';
            revoke all on database {Quoted(connection.Database)} from public;
            grant connect on database {Quoted(connection.Database)} to {name};
            revoke create on schema public from public;
            grant usage on schema public to {name};
            grant select, insert, update, delete on all tables in schema public to {name};
            revoke insert, update, delete on schema_migrations from {name};
            """,
            cancellationToken);
    }

    private static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, string parameter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
