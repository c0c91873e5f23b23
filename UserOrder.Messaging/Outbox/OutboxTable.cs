using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Reads due events from the outbox: those that were not handed over, those of a replica that did not publish its own in time, and those
/// that the broker did not confirm. A claim is an open transaction, which ends with the replica.
/// </summary>
internal sealed class OutboxTable(NpgsqlDataSource database, OutboxSignal signal) : IRelaySource
{
    public Task WaitAsync(CancellationToken cancellationToken) => signal.WaitAsync(cancellationToken);

    public async Task<IRelayClaim?> ClaimAsync(int limit, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var rows = await OutboxStore.TakeAsync(transaction, limit, cancellationToken);
            if (rows.Count == 0)
            {
                await connection.DisposeAsync();
                return null;
            }

            if (rows.Count == limit)
            {
                signal.Set();
            }

            FailPoint.Reach(FailPoint.RelayClaimed, rows.Select(row => row.Message.Id));
            if (rows[0].HasStandby)
            {
                // A failover must not lose the cause of a published event.
                await ReplicationBarrier.WaitAsync(database, cancellationToken);
            }

            return new Claim(rows, connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private sealed class Claim(IReadOnlyList<OutboxRow> rows, NpgsqlConnection connection, NpgsqlTransaction transaction) : IRelayClaim
    {
        public IReadOnlyList<OutboxRow> Rows => rows;

        public async Task SettleAsync(IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept)
        {
            await OutboxStore.PutBackAsync(transaction, kept, CancellationToken.None);
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
