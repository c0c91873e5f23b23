using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Retention;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Consumer;

/// <summary>The statements on the inbox.</summary>
internal static class InboxStore
{
    // A consumer accepts events up to the age of the retention, measured by the producer's clock, which may be ahead.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    /// <summary>The inbox's entry for the purge of expired rows.</summary>
    public static PurgedTable Purged(MessagingOptions options) => new(options.InboxRetention + ClockTolerance, PurgeAsync);

    /// <summary>Records events in the transaction of their effect.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="queue">The queue that the events came from.</param>
    /// <param name="events">The events' ids, and the time at which each was sent.</param>
    /// <param name="retention">The maximum age of an event by the database's clock. Older events are not recorded.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>True for a new event, false for an event that is too old. Duplicates are missing.</returns>
    public static async Task<Dictionary<Guid, bool>> AddAsync(
        OutboxTransaction transaction,
        string queue,
        IReadOnlyList<(Guid Id, DateTimeOffset Sent)> events,
        TimeSpan retention,
        CancellationToken cancellationToken)
    {
        // Sorted, so that two consumers with the same redelivered events wait for each other instead of deadlocking.
        await using var command = transaction.CreateCommand(
            """
            with input as (
              select id, sent >= now() - @retention as is_known from unnest(@ids, @sent) as row(id, sent)
            ), added as (
              insert into inbox (event_id, queue, received_at)
              select id, @queue, now() from input where is_known order by id
              on conflict do nothing
              returning event_id
            )
            select event_id, true from added
            union
            select id, false from input where not is_known
            """);
        command.AddArray("ids", NpgsqlDbType.Uuid, events.Select(sent => sent.Id));
        command.AddArray("sent", NpgsqlDbType.TimestampTz, events.Select(sent => sent.Sent.ToUniversalTime()));
        command.Parameters.Add(new NpgsqlParameter<string>("queue", queue));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("retention", retention));
        return await command.ReadFlagsAsync(cancellationToken);
    }

    /// <summary>Finds the queues from which an event took effect, by the primary key.</summary>
    public static async Task<IReadOnlyList<(string Queue, DateTimeOffset AppliedAt)>> FindAsync(
        NpgsqlDataSource database, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select queue, received_at from inbox where event_id = $1 order by queue");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, DateTimeOffset)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)));
        }

        return found;
    }

    /// <summary>Deletes at most <paramref name="limit"/> rows that are older than <paramref name="retention"/>.</summary>
    /// <returns>The number of deleted rows.</returns>
    public static Task<int> PurgeAsync(NpgsqlDataSource database, TimeSpan retention, int limit, CancellationToken cancellationToken) =>
        RetentionStore.PurgeAsync(database, "inbox", "received_at", retention, limit, cancellationToken);
}
