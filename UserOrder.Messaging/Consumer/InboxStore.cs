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
    /// <returns>The ids that were not recorded before.</returns>
    public static async Task<HashSet<Guid>> AddAsync(
        OutboxTransaction transaction,
        string queue,
        IEnumerable<Guid> eventIds,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // Sorted, so that two consumers with the same redelivered events wait for each other instead of deadlocking.
        await using var command = transaction.CreateCommand(
            """
            insert into inbox (event_id, queue, received_at)
            select id, @queue, @now from unnest(@ids) as id order by id
            on conflict do nothing
            returning event_id
            """);
        command.AddArray("ids", NpgsqlDbType.Uuid, eventIds);
        command.Parameters.Add(new NpgsqlParameter<string>("queue", queue));
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>("now", now));
        return await command.ReadIdsAsync(cancellationToken);
    }

    /// <summary>Deletes at most <paramref name="limit"/> rows that are older than <paramref name="before"/>.</summary>
    /// <returns>The number of deleted rows.</returns>
    public static Task<int> PurgeAsync(NpgsqlDataSource database, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        RetentionStore.PurgeAsync(database, "inbox", "received_at", before, limit, cancellationToken);
}
