using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>Ensures that the synchronous standbys have what a query has found, before it has an effect outside the database.</summary>
/// <remarks>
/// A commit that no longer waits for its standby is visible, although a failover would lose it. The barrier is a commit of its own. It
/// writes to the log, because only then PostgreSQL waits for the standbys. They receive the log in its order, so a standby that has this
/// commit has all earlier ones.
/// </remarks>
internal static class ReplicationBarrier
{
    /// <summary>Makes the commit of the transaction that executes it a barrier.</summary>
    public const string Statement = "select pg_logical_emit_message(true, 'userorder', '')";

    /// <summary>Waits until the standbys have every commit that was visible before.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer, or a standby did not.</exception>
    public static async Task WaitAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var watch = new CommitWatch(connection);
        await using var command = new NpgsqlCommand(Statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        watch.ThrowIfUnreplicated();
    }
}
