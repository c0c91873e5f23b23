using Npgsql;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Database;

/// <summary>
/// Separates the owner of the service's database, who changes the schema, from the service's role, which reads and writes rows. Without an
/// owner, the service's role does both, as far as its privileges allow.
/// </summary>
/// <param name="runtime">The connection string of the running service.</param>
/// <param name="owner">
/// The connection string of a role that owns the schema and may create roles; null if the service's role exists already.
/// </param>
internal sealed class DatabaseAccess(string runtime, string? owner)
{
    private readonly NpgsqlConnectionStringBuilder _runtime = new(runtime);

    /// <summary>
    /// Opens a connection that may change the schema. The owner's connection is not pooled, so that it does not stay open.
    /// </summary>
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

    /// <summary>Limits the service's sessions, even if its role exists already.</summary>
    /// <returns>Whether a limit was missing. The sessions that are open lack it.</returns>
    /// <exception cref="PostgresException">The database refused.</exception>
    public async Task<bool> LimitAsync(NpgsqlConnection connection, MessagingOptions options, CancellationToken cancellationToken)
    {
        await using var current = new NpgsqlCommand("select current_user::text", connection);
        var role = owner is null ? (string)(await current.ExecuteScalarAsync(cancellationToken))! : _runtime.Username!;
        return await SessionLimits.ApplyAsync(connection, role, options, cancellationToken);
    }

    /// <summary>Counts the connections that the server has for the service's role: for all replicas together.</summary>
    /// <exception cref="PostgresException">The database refused.</exception>
    public async Task<int> CountConnectionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // PostgreSQL 15 and earlier have no reserved_connections. A limit of -1 means none.
        await using var command = new NpgsqlCommand(
            """
            select least(
              current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
                - coalesce(current_setting('reserved_connections', true)::integer, 0),
              (select nullif(datconnlimit, -1) from pg_database where datname = current_database()),
              (select nullif(rolconnlimit, -1) from pg_roles where rolname = $1))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = _runtime.Username ?? "" } },
        };
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Creates the service's role, sets its password, and grants it the use of the tables and nothing else.</summary>
    /// <exception cref="InvalidOperationException">The role is the owner, or has more privileges than a service needs.</exception>
    /// <exception cref="PostgresException">The owner lacks a privilege.</exception>
    public async Task GrantAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (owner is null)
        {
            return;
        }

        var role = _runtime.Username ?? "";
        if (role.Length == 0 || role == new NpgsqlConnectionStringBuilder(owner).Username)
        {
            throw new InvalidOperationException("The service's role must not be the owner of its database.");
        }

        var name = Quote(role);
        if (!await IsTrueAsync(connection, "select exists (select from pg_roles where rolname = $1)", role, cancellationToken))
        {
            await ExecuteAsync(connection, $"create role {name} login", cancellationToken);
        }

        // Checked before the password is set, so that a role with too many privileges stays unchanged.
        if (await IsTrueAsync(
            connection,
            "select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls from pg_roles where rolname = $1",
            role,
            cancellationToken))
        {
            throw new InvalidOperationException($"The service's role '{role}' may do more than use its tables.");
        }

        await ExecuteAsync(
            connection,
            $"""
            alter role {name} login password '{ScramVerifier.Of(_runtime.Password ?? "")}';
            revoke all on database {Quote(connection.Database)} from public;
            grant connect on database {Quote(connection.Database)} to {name};
            revoke create on schema public from public;
            grant usage on schema public to {name};
            grant select, insert, update, delete on all tables in schema public to {name};
            revoke insert, update, delete on schema_migrations from {name};
            """,
            cancellationToken);
    }

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<bool> IsTrueAsync(
        NpgsqlConnection connection, string sql, string parameter, CancellationToken cancellationToken)
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
