using Npgsql;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Reads the events with an ordering key from the outbox, in the order of their commits. A claim covers all events of one type, so one
/// replica at a time publishes them, and it has one message in flight.
/// </summary>
/// <remarks>The rows of a replica that ends, or of an event that the broker refuses, wait for the next claim in their places.</remarks>
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
        var hasOthers = false;
        var claim = await TableClaim.OpenAsync(database, LockAsync, SettleAsync, cancellationToken);
        if (hasOthers)
        {
            await Task.Delay(RetryPause, time, cancellationToken);
            signal.SetOrdered();
        }

        return claim;

        async Task<List<OutboxRow>> LockAsync(NpgsqlTransaction transaction)
        {
            var rows = await OutboxStore.LockOrderedAsync(
                transaction, _lastType, _refused.Keys, Math.Min(limit, options.MaxEventsPerMessage), cancellationToken);
            if (rows.Count == 0)
            {
                hasOthers = await OutboxStore.HasOrderedAsync(transaction, cancellationToken);
                return rows;
            }

            signal.SetOrdered();
            _lastType = rows[0].Message.Type;
            return OfOneMessage(rows);
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
            [.. together.Select(row => row.Message)], options.MaxEventsPerMessage, OutgoingMessage.MaxBatchBytesOf(options))[0];
        return together[..first.Indexes.Count()];
    }

    private async Task SettleAsync(NpgsqlTransaction transaction, IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept)
    {
        if (kept is [var alone] && confirmed.Count == 0)
        {
            _refused.Add(alone.Message.OrderingKey!, alone.Attempts);
        }

        await OutboxStore.CountAttemptAsync(transaction.Connection!, kept);
        await OutboxStore.DeleteAsync(transaction.Connection!, confirmed);
    }
}
