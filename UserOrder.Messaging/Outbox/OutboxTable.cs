using Npgsql;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Reads due events from the outbox: those that were not handed over, those of a replica that did not publish its own in time, and those
/// that the broker did not confirm.
/// </summary>
internal sealed class OutboxTable(NpgsqlDataSource database, OutboxSignal signal) : IRelaySource
{
    public Task WaitAsync(CancellationToken cancellationToken) => signal.WaitAsync(cancellationToken);

    public async Task<IRelayClaim?> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        return await TableClaim.OpenAsync(
            database,
            TakeAsync,
            settle: (transaction, _, kept) => OutboxStore.PutBackAsync(transaction, kept, CancellationToken.None),
            cancellationToken);

        async Task<List<OutboxRow>> TakeAsync(NpgsqlTransaction transaction)
        {
            var rows = await OutboxStore.TakeAsync(transaction, limit, cancellationToken);
            if (rows.Count == limit)
            {
                signal.Set();
            }

            return rows;
        }
    }
}
