using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Outbox;

/// <summary>Writes the batches of a group commit, and gives their events to the relay.</summary>
internal sealed class OutboxWriter<TItem, TResult>(
    NpgsqlDataSource database,
    OutboxSignal signal,
    HandOver handOver,
    WriteHealthCheck writes,
    MessagingTelemetry telemetry,
    TimeProvider time,
    Func<TItem, OutboxMessage> eventOf,
    Func<TResult, bool> isWritten,
    Func<IReadOnlyList<TItem>, NpgsqlConnection, CancellationToken, Task<IReadOnlyList<TResult>>> write)
{
    /// <summary>Writes and commits a batch.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer, or committed without its synchronous standby.</exception>
    public async Task<IReadOnlyList<TResult>> WriteAsync(IReadOnlyList<TItem> items, CancellationToken cancellationToken)
    {
        FailPoint.Reach(FailPoint.RequestReceived, items.Select(item => eventOf(item).Id));
        telemetry.RecordBatch(MessagingTelemetry.WriteStage, items.Count);
        if (items.Any(item => eventOf(item).OrderingKey is not null))
        {
            throw new InvalidOperationException("A group commit writes no event with an ordering key; an OutboxTransaction does.");
        }

        var term = handOver.HasRoom ? handOver.Term : TimeSpan.Zero;
        foreach (var item in items)
        {
            eventOf(item).Term = term;
        }

        var started = time.GetTimestamp();
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var watch = new CommitWatch(connection);
            var results = await write(items, connection, cancellationToken);
            watch.ThrowIfUnreplicated();
            FailPoint.Reach(
                FailPoint.RequestCommitted,
                items.Zip(results).Where(written => isWritten(written.Second)).Select(written => eventOf(written.First).Id));
            if (term == TimeSpan.Zero)
            {
                signal.Set();
            }
            else
            {
                GiveToRelay(items, results, started);
            }

            return results;
        }
        catch
        {
            writes.Suspect();
            throw;
        }
    }

    private void GiveToRelay(IReadOnlyList<TItem> items, IReadOnlyList<TResult> results, long started)
    {
        foreach (var (item, result) in items.Zip(results))
        {
            if (isWritten(result))
            {
                handOver.Add(eventOf(item), started);
            }
        }
    }
}
