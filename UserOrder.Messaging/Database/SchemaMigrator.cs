using System.Data.Common;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Database;

/// <summary>
/// Waits for the database, applies the missing migrations in order and in one transaction, and grants the service's role the use of the
/// tables. An advisory lock lets one replica migrate while the others wait. A replica that is frozen meanwhile loses it after a minute.
/// </summary>
internal sealed partial class SchemaMigrator(
    NpgsqlDataSource database,
    DatabaseAccess access,
    IEnumerable<MigrationAssembly> sources,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<SchemaMigrator> logger) : BackgroundService
{
    // An arbitrary key, which must be the same in every replica of every version.
    internal const long AdvisoryLock = 0x5573_6572_4f72_6472;

    internal const string CreateMigrationsTable =
        """
        create table schema_migrations (
          component  text        not null,
          number     integer     not null,
          name       text        not null,
          applied_at timestamptz not null default now(),
          primary key (component, number)
        )
        """;

    // During a rollout, the new replica runs beside the old one.
    private const int ReplicasOfRollout = 2;

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the schema is up to date for this version of the program.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Migrates as soon as the database answers.</summary>
    /// <exception cref="MigrationFailedException">The database refuses a migration or a grant.</exception>
    /// <exception cref="InvalidOperationException">The migrations' file names or the service's role are invalid.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        while (!Ready.IsCompleted)
        {
            try
            {
                await TryMigrateAsync(cancellationToken);
                _ready.SetResult();
            }
            catch (Exception exception) when (exception is DbException or TimeoutException && !cancellationToken.IsCancellationRequested)
            {
                await backoff.WaitAsync(() => LogWaitingForDatabase(exception.Message), cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await MigrateAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is MigrationFailedException or InvalidOperationException)
        {
            LogMigrationFailed(exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task TryMigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await access.OpenAsync(database, cancellationToken);
        var watch = new CommitWatch(connection);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Another replica may hold the lock for as long as its migrations take.
        await ExecuteAsync(
            connection,
            $"""
            set local lock_timeout = 0;
            set local idle_in_transaction_session_timeout = '1min';
            select pg_advisory_xact_lock({AdvisoryLock});
            """,
            cancellationToken);
        var applied = await AppliedAsync(connection, cancellationToken);

        // The library's tables come first, because a service's migrations may refer to them.
        var missing = sources
            .OrderByDescending(source => source.Assembly == typeof(SchemaMigrator).Assembly)
            .SelectMany(source => Migration.From(source.Assembly))
            .Where(migration => !applied.Contains((migration.Component, migration.Number)));
        foreach (var migration in missing)
        {
            await ApplyAsync(connection, migration, cancellationToken);
        }

        await ThrowIfRefusedAsync("Provisioning the service's role failed.", () => access.GrantAsync(connection, cancellationToken));
        var isLimited = false;
        await ThrowIfRefusedAsync(
            "Limiting the service's sessions failed.",
            async () => isLimited = await access.LimitAsync(connection, options.Value, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        watch.ThrowIfUnreplicated();
        var pool = new NpgsqlConnectionStringBuilder(database.ConnectionString).MaxPoolSize;
        var available = await access.CountConnectionsAsync(connection, cancellationToken);
        if (pool * ReplicasOfRollout > available)
        {
            LogPoolTooLarge(pool, available);
        }

        if (isLimited)
        {
            // The limits apply to new sessions.
            database.Clear();
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await ThrowIfRefusedAsync(
            $"The migration {migration.Name} of {migration.Component} failed.",
            () => ExecuteAsync(connection, migration.Sql, cancellationToken));

        await using var record = new NpgsqlCommand(
            "insert into schema_migrations (component, number, name) values ($1, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = migration.Component },
                new() { Value = migration.Number },
                new() { Value = migration.Name },
            },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        LogApplied(migration.Name, migration.Component);
    }

    private static async Task<HashSet<(string Component, int Number)>> AppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Checked first, because PostgreSQL refuses even "create table if not exists" to a role that may not create tables.
        await using var exists = new NpgsqlCommand("select to_regclass('schema_migrations') is not null", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
        {
            await ThrowIfRefusedAsync(
                "Creating the table schema_migrations failed.",
                () => ExecuteAsync(connection, CreateMigrationsTable, cancellationToken));
        }

        await using var command = new NpgsqlCommand("select component, number from schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new HashSet<(string, int)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add((reader.GetString(0), reader.GetInt32(1)));
        }

        return applied;
    }

    /// <summary>Turns a refusal, which a retry would not cure, into a <see cref="MigrationFailedException"/>.</summary>
    private static async Task ThrowIfRefusedAsync(string message, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new MigrationFailedException(
                $"{message} The role lacks a privilege. Set ConnectionStrings:<name>-owner, and start with --migrate to migrate only.",
                exception);
        }
        catch (PostgresException exception) when (DatabaseFault.IsOfData(exception) || DatabaseFault.IsOfCode(exception))
        {
            throw new MigrationFailedException(message, exception);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Warning, "Waiting for the database: {Reason}")]
    private partial void LogWaitingForDatabase(string reason);

    [LoggerMessage(2, LogLevel.Information, "Applied migration {Migration} of {Component}")]
    private partial void LogApplied(string migration, string component);

    [LoggerMessage(
        4, LogLevel.Warning, "A second replica lacks connections: each opens up to {Pool}, the database server has {Available}")]
    private partial void LogPoolTooLarge(int pool, int available);

    [LoggerMessage(3, LogLevel.Critical, "The database cannot be migrated; the service stops")]
    private partial void LogMigrationFailed(Exception exception);
}

/// <summary>An assembly that embeds migrations.</summary>
internal sealed record MigrationAssembly(Assembly Assembly);

/// <summary>The database refuses a migration or a grant, so that a retry would not help.</summary>
internal sealed class MigrationFailedException(string message, Exception inner) : Exception(message, inner);
