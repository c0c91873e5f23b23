using System.Globalization;
using Npgsql;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Database;

/// <summary>
/// The time limits of the service's sessions. They bound how long a replica that is frozen, or whose machine has vanished, holds its locks
/// and its place among the server's connections.
/// </summary>
/// <remarks>
/// They are defaults of the service's role in its database. A pooler in transaction mode, such as PgBouncer, neither passes on the options
/// of a new connection nor keeps a session's settings. A role may set its own defaults.
/// </remarks>
internal static class SessionLimits
{
    // The relay's transaction is idle while the relay waits for the broker's confirms.
    private static readonly TimeSpan ConfirmReserve = TimeSpan.FromSeconds(5);

    /// <summary>Sets the limits that the role lacks. They apply to its next sessions.</summary>
    /// <param name="connection">A connection of the role, or of a role that may alter it.</param>
    /// <param name="role">The service's role.</param>
    /// <param name="options">The settings of the relay.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    /// <returns>Whether any limit was missing.</returns>
    /// <exception cref="PostgresException">The database refused.</exception>
    public static async Task<bool> ApplyAsync(
        NpgsqlConnection connection, string role, MessagingOptions options, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select format(
              'alter role %I in database %I set %s = %L',
              $1, current_database(), split_part(setting, '=', 1), split_part(setting, '=', 2))
            from unnest($2) as setting
            where not exists (
              select from pg_db_role_setting
              where setrole = (select oid from pg_roles where rolname = $1)
                and setdatabase = (select oid from pg_database where datname = current_database())
                and setting = any(setconfig))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = role }, new NpgsqlParameter<string[]> { TypedValue = Of(options) } },
        };
        var missing = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                missing.Add(reader.GetString(0));
            }
        }

        foreach (var statement in missing)
        {
            await using var set = new NpgsqlCommand(statement, connection);
            await set.ExecuteNonQueryAsync(cancellationToken);
        }

        return missing.Count > 0;
    }

    private static string[] Of(MessagingOptions options)
    {
        var idle = (options.ConfirmTimeout + ConfirmReserve).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        return
        [
            $"idle_in_transaction_session_timeout={idle}",
            "lock_timeout=5000",
            "tcp_keepalives_idle=10",
            "tcp_keepalives_interval=5",
            "tcp_keepalives_count=3",
            "tcp_user_timeout=25000",
        ];
    }
}
