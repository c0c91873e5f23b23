using System.Globalization;
using Npgsql;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>Lets one operation at a time, across all replicas, hold the dead letters of a queue.</summary>
internal static class DeadLetterLock
{
    /// <summary>How long an operation waits for another.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The transaction is idle while an operation works on many messages at the broker.
    private static readonly TimeSpan LongestOperation = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Takes the lock. The end of the transaction or of the connection releases it; the server ends both after ten minutes.
    /// </summary>
    /// <param name="transaction">The transaction that holds the lock.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="patience">How long to wait; at least a millisecond, at most <see cref="Patience"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DeadLettersBusyException">Another operation held the lock for all that time.</exception>
    public static async Task TakeAsync(
        NpgsqlTransaction transaction, string queue, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select set_config('lock_timeout', @patience, true), set_config('idle_in_transaction_session_timeout', @longest, true);
            select pg_advisory_xact_lock(hashtextextended(@key, 0));
            """,
            transaction.Connection,
            transaction)
        {
            // The server's lock timeout must expire first, because its error code gives the reason.
            CommandTimeout = 2 * (int)Patience.TotalSeconds,
        };
        command.Parameters.Add(new NpgsqlParameter<string>("patience", Milliseconds(patience)));
        command.Parameters.Add(new NpgsqlParameter<string>("longest", Milliseconds(LongestOperation)));
        command.Parameters.Add(new NpgsqlParameter<string>("key", $"dead letters of {queue}"));
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new DeadLettersBusyException(queue);
        }
    }

    private static string Milliseconds(TimeSpan time) => Math.Ceiling(time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

/// <summary>Another operation holds the queue's dead letters.</summary>
internal sealed class DeadLettersBusyException(string queue) : Exception($"Another operation works on the dead letters of {queue}.");
