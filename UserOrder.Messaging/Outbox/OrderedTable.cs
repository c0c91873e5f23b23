using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Reads the events with an ordering key from the outbox, in the order of their commits. A claim covers all events of one type, so one
/// replica at a time publishes them, and it has one message in flight.
/// </summary>
/// <remarks>A claim is an open transaction, which ends with the replica. Its rows then wait for the next claim, in their places.</remarks>
internal sealed class OrderedTable(NpgsqlDataSource database, OutboxSignal signal, MessagingOptions options, TimeProvider time)
    : IRelaySource
{
    // How long a claim waits before it looks again for events that another replica has claimed, or that wait for another attempt.
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly RefusedKeys _refused = new(time);
    private string _lastType = "";

    public Task WaitAsync(CancellationToken cancellationToken) => signal.WaitForOrderedAsync(cancellationToken);

    public async Task<IRelayClaim?> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var rows = await OutboxStore.LockOrderedAsync(
                transaction, _lastType, _refused.Keys, Math.Min(limit, options.MaxEventsPerMessage), cancellationToken);
            if (rows.Count == 0)
            {
                var hasOthers = await OutboxStore.HasOrderedAsync(transaction, cancellationToken);
                await connection.DisposeAsync();
                await WaitForOthersAsync(hasOthers, cancellationToken);
                return null;
            }

            signal.SetOrdered();
            _lastType = rows[0].Message.Type;
            var claimed = OfOneMessage(rows);
            FailPoint.Reach(FailPoint.RelayClaimed, claimed.Select(row => row.Message.Id));
            if (rows[0].HasStandby)
            {
                // A failover must not lose the cause of a published event.
                await ReplicationBarrier.WaitAsync(database, cancellationToken);
            }

            return new Claim(_refused, claimed, connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The first rows that fit in one message, which the broker confirms or refuses as a whole. A refused event goes alone the next time,
    /// so that the broker's refusal is about that event.
    /// </summary>
    private List<OutboxRow> OfOneMessage(List<OutboxRow> rows)
    {
        var together = rows[0].Attempts > 0 ? [rows[0]] : rows.TakeWhile(row => row.Attempts == 0).ToList();
        var first = OutgoingMessage.Pack(
            [.. together.Select(row => row.Message)],
            options.MaxEventsPerMessage,
            Math.Min(OutgoingMessage.MaxBatchBytes, options.MaxMessageBytes))[0];
        return together[..first.Indexes.Count()];
    }

    private async Task WaitForOthersAsync(bool hasOthers, CancellationToken cancellationToken)
    {
        if (hasOthers)
        {
            await Task.Delay(RetryPause, time, cancellationToken);
            signal.SetOrdered();
        }
    }

    private sealed class Claim(
        RefusedKeys refused, IReadOnlyList<OutboxRow> rows, NpgsqlConnection connection, NpgsqlTransaction transaction) : IRelayClaim
    {
        public IReadOnlyList<OutboxRow> Rows => rows;

        public async Task SettleAsync(IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept)
        {
            if (kept is [var alone] && rows.Count == 1)
            {
                refused.Add(alone.Message.OrderingKey!, alone.Attempts);
            }

            await OutboxStore.CountAttemptAsync(connection, kept);
            await OutboxStore.DeleteAsync(connection, confirmed);
            FailPoint.Reach(FailPoint.RelayDeleted, confirmed.Select(row => row.Message.Id));
            await transaction.CommitAsync(CancellationToken.None);
            FailPoint.Reach(FailPoint.RelayCommitted, confirmed.Select(row => row.Message.Id));
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
