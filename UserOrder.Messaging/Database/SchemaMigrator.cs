using System.Data.Common;
using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>
/// Waits for the database, then applies the migrations that are missing, in order and in one transaction. An advisory lock lets one
/// replica migrate while the others wait for it.
/// </summary>
internal sealed partial class SchemaMigrator(
    NpgsqlDataSource database,
    IEnumerable<MigrationAssembly> sources,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<SchemaMigrator> logger) : BackgroundService
{
    // Any constant will do, as long as every replica of every version takes the same.
    private const long AdvisoryLock = 0x5573_6572_4f72_6472;

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the schema is as this version of the program needs it.</summary>
    public Task Ready => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MigrateAsync(stoppingToken);
                _ready.SetResult();
                return;
            }
            catch (Exception exception) when (exception is MigrationFailedException or InvalidOperationException)
            {
                LogMigrationFailed(exception);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }
            catch (Exception exception) when (exception is DbException or TimeoutException && !stoppingToken.IsCancellationRequested)
            {
                await backoff.WaitAsync(() => LogWaitingForDatabase(exception.Message), stoppingToken);
            }
        }
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Another replica may hold the lock for as long as its migrations take.
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({AdvisoryLock})", cancellationToken);
        await ExecuteAsync(
            connection,
            """
            create table if not exists schema_migrations (
              component  text        not null,
              number     integer     not null,
              name       text        not null,
              applied_at timestamptz not null default now(),
              primary key (component, number)
            )
            """,
            cancellationToken);

        var applied = await AppliedAsync(connection, cancellationToken);
        foreach (var migration in sources.SelectMany(source => Migration.From(source.Assembly)))
        {
            if (!applied.Contains((migration.Component, migration.Number)))
            {
                await ApplyAsync(connection, migration, cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
        }
        catch (PostgresException exception) when (!DatabaseOutage.Is(exception))
        {
            throw new MigrationFailedException($"The migration {migration.Name} of {migration.Component} failed.", exception);
        }

        await using var record = new NpgsqlCommand("insert into schema_migrations (component, number, name) values ($1, $2, $3)", connection)
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

    private static async Task<HashSet<(string Component, int Number)>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select component, number from schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new HashSet<(string, int)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add((reader.GetString(0), reader.GetInt32(1)));
        }

        return applied;
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

    [LoggerMessage(3, LogLevel.Critical, "The database cannot be migrated; the service stops")]
    private partial void LogMigrationFailed(Exception exception);
}

/// <summary>An assembly that carries migrations.</summary>
internal sealed record MigrationAssembly(Assembly Assembly);

/// <summary>A migration's own SQL is wrong: waiting would not help.</summary>
internal sealed class MigrationFailedException(string message, Exception inner) : Exception(message, inner);
