using Npgsql;
using NpgsqlTypes;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
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
    /// <param name="events">The events.</param>
    /// <param name="retention">The maximum age of an event by the database's clock. Older events are not recorded.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>True for a new event, false for an event that is too old. Duplicates are missing.</returns>
    public static async Task<Dictionary<Guid, bool>> AddAsync(
        OutboxTransaction transaction,
        string queue,
        IReadOnlyList<InboxRow> events,
        TimeSpan retention,
        CancellationToken cancellationToken)
    {
        // Sorted, so that two consumers with the same redelivered events wait for each other instead of deadlocking.
        await using var command = transaction.CreateCommand(
            """
            with input as (
              select id, subject, trace_id, sent >= now() - @retention as is_known
              from unnest(@ids, @subjects, @traces, @sent) as row(id, subject, trace_id, sent)
            ), added as (
              insert into inbox (event_id, queue, received_at, subject, trace_id)
              select id, @queue, now(), subject, trace_id from input where is_known order by id
              on conflict do nothing
              returning event_id
            )
            select event_id, true from added
            union
            select id, false from input where not is_known
            """);
        command.AddArray("ids", NpgsqlDbType.Uuid, events.Select(sent => sent.Id));
        command.AddArray("subjects", NpgsqlDbType.Uuid, events.Select(sent => sent.Subject));
        command.AddArray("traces", NpgsqlDbType.Uuid, events.Select(sent => sent.TraceId));
        command.AddArray("sent", NpgsqlDbType.TimestampTz, events.Select(sent => sent.Sent.ToUniversalTime()));
        command.Parameters.Add(new NpgsqlParameter<string>("queue", queue));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan>("retention", retention));
        return await command.ReadFlagsAsync(cancellationToken);
    }

    /// <summary>
    /// Finds events that took effect: by the primary key, by the index of the traces, or among the first ones after the subject's creation.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="key">The event's id, its subject or the id of its trace.</param>
    /// <param name="looked">The number of events to look at for the subject.</param>
    /// <param name="limit">The maximum number of effects to find.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>The effects, and whether all events that may be about the subject were looked at.</returns>
    public static async Task<(IReadOnlyList<(Guid Id, string Queue, DateTimeOffset AppliedAt)> Found, bool IsComplete)> SearchAsync(
        NpgsqlDataSource database, EventKey key, int looked, int limit, CancellationToken cancellationToken)
    {
        if (key is { Id: null, TraceId: null })
        {
            // The inbox knows subjects that are UUIDs only.
            return ([], false);
        }

        await using var command = database.CreateCommand(
            """
            with near as materialized (
              select event_id, queue, received_at, subject from inbox where event_id >= @first and @id is not null
              order by event_id, queue limit @looked
            )
            select (select count(*) from near) < @looked, found.event_id, found.queue, found.received_at
            from (values (1)) as one left join (
              select event_id, queue, received_at from inbox where event_id = @id
              union
              select event_id, queue, received_at from inbox where trace_id = @trace
              union
              select event_id, queue, received_at from near where subject = @id
              order by event_id, queue limit @limit
            ) as found on true
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid>("first", key.First));
        command.Parameters.Add(new NpgsqlParameter<int>("looked", looked));
        command.Parameters.Add(new NpgsqlParameter<Guid?>("id", key.Id));
        command.Parameters.Add(new NpgsqlParameter<Guid?>("trace", key.TraceId is { } trace ? Guid.ParseExact(trace, "N") : null));
        command.Parameters.Add(new NpgsqlParameter<int>("limit", limit));
        return await command.ReadSearchAsync(
            reader => (reader.GetGuid(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)), cancellationToken);
    }

    /// <summary>Deletes at most <paramref name="limit"/> rows that are older than <paramref name="retention"/>.</summary>
    /// <returns>The number of deleted rows.</returns>
    public static Task<int> PurgeAsync(NpgsqlDataSource database, TimeSpan retention, int limit, CancellationToken cancellationToken) =>
        RetentionStore.PurgeAsync(database, "inbox", "received_at", retention, limit, cancellationToken);
}
