using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.EntityFrameworkCore;

/// <summary>
/// Wakes the relay when the transaction of saved events commits, and reports writes that fail. For contexts outside of an event's handler.
/// </summary>
internal sealed class OwnTransactionInterceptor(EventOutbox outbox, OutboxSignal signal, WriteHealthCheck writes)
    : OutboxInterceptor(outbox), IDbTransactionInterceptor
{
    // The driver's transaction is the key, because several contexts may share it, and any of them commits it. The driver may reuse a
    // transaction that was disposed of without an end. Its mark then wakes the relay in vain.
    private readonly ConditionalWeakTable<DbTransaction, object> _withEvents = [];
    private readonly ConditionalWeakTable<DbConnection, CommitWatch> _watches = [];

    public override void SaveChangesFailed(DbContextErrorEventData eventData) => writes.Suspect();

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        writes.Suspect();
        return Task.CompletedTask;
    }

    public override void SaveChangesCanceled(DbContextEventData eventData) => writes.Suspect();

    public override Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        writes.Suspect();
        return Task.CompletedTask;
    }

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        WatchOf(eventData);
        return result;
    }

    public ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        WatchOf(eventData);
        return ValueTask.FromResult(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => OnCommitted(transaction, eventData);

    public Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        OnCommitted(transaction, eventData);
        return Task.CompletedTask;
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => _withEvents.Remove(transaction);

    public Task TransactionRolledBackAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        _withEvents.Remove(transaction);
        return Task.CompletedTask;
    }

    public void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => writes.Suspect();

    public Task TransactionFailedAsync(
        DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        writes.Suspect();
        return Task.CompletedTask;
    }

    protected override void OnEventsSaved(DbContext context)
    {
        if (context.Database.CurrentTransaction is { } open)
        {
            _withEvents.AddOrUpdate(open.GetDbTransaction(), this);
        }
        else if ((context.Database.GetEnlistedTransaction() ?? Transaction.Current) is { } ambient)
        {
            ambient.TransactionCompleted += WakeIfCommitted;
        }
        else
        {
            signal.Set();
        }
    }

    private void WakeIfCommitted(object? sender, TransactionEventArgs completed)
    {
        if (completed.Transaction?.TransactionInformation.Status == TransactionStatus.Committed)
        {
            signal.Set();
        }
    }

    /// <remarks>An exception of an interceptor reaches the caller of the commit.</remarks>
    /// <exception cref="UnreplicatedCommitException">No synchronous standby has confirmed the commit.</exception>
    private void OnCommitted(DbTransaction transaction, TransactionEventData eventData)
    {
        WatchOf(eventData).ThrowIfUnreplicated();
        if (_withEvents.Remove(transaction))
        {
            signal.Set();
        }
    }

    private CommitWatch WatchOf(TransactionEventData eventData) => _watches.GetValue(
        eventData.Context!.Database.GetDbConnection(), connection => new CommitWatch((NpgsqlConnection)connection));
}
