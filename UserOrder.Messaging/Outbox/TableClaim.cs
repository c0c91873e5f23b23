using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Outbox;

/// <summary>Events that one lane has claimed in the outbox by an open transaction, which ends with the replica.</summary>
internal sealed class TableClaim : IRelayClaim
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly SettleFunction _settle;

    private TableClaim(
        IReadOnlyList<OutboxRow> rows, NpgsqlConnection connection, NpgsqlTransaction transaction, SettleFunction settle)
    {
        Rows = rows;
        _connection = connection;
        _transaction = transaction;
        _settle = settle;
    }

    /// <summary>Settles the events of a claim before its transaction commits.</summary>
    public delegate Task SettleFunction(NpgsqlTransaction transaction, IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept);

    public IReadOnlyList<OutboxRow> Rows { get; }

    /// <summary>Claims events.</summary>
    /// <param name="database">The database of the outbox.</param>
    /// <param name="take">Claims and reads events in the transaction.</param>
    /// <param name="settle">Settles them in it.</param>
    /// <param name="cancellationToken">Cancels the claim.</param>
    /// <returns>The claimed events; null if none waits.</returns>
    /// <exception cref="NpgsqlException">The database or its standby did not answer.</exception>
    public static async Task<TableClaim?> OpenAsync(
        NpgsqlDataSource database,
        Func<NpgsqlTransaction, Task<List<OutboxRow>>> take,
        SettleFunction settle,
        CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var rows = await take(transaction);
            if (rows.Count == 0)
            {
                await connection.DisposeAsync();
                return null;
            }

            FailPoint.Reach(FailPoint.RelayClaimed, rows.Select(row => row.Message.Id));
            if (rows[0].HasStandby)
            {
                // A failover must not lose the cause of a published event.
                await ReplicationBarrier.WaitAsync(database, cancellationToken);
            }

            return new TableClaim(rows, connection, transaction, settle);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task SettleAsync(IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept)
    {
        await _settle(_transaction, confirmed, kept);
        FailPoint.Reach(FailPoint.RelayDeleted, confirmed.Select(row => row.Message.Id));
        await _transaction.CommitAsync(CancellationToken.None);
        FailPoint.Reach(FailPoint.RelayCommitted, confirmed.Select(row => row.Message.Id));
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
