using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.EntityFrameworkCore;

/// <summary>Keeps a context within the transaction of the event that a handler applies.</summary>
internal sealed class EventInterceptor(EventOutbox outbox, OutboxTransaction transaction)
    : OutboxInterceptor(outbox), IDbConnectionInterceptor
{
    /// <exception cref="NpgsqlException">The connection is lost.</exception>
    public InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        throw LostException();

    /// <exception cref="NpgsqlException">The connection is lost.</exception>
    public ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        throw LostException();

    protected override void OnEventsSaved(DbContext context) => transaction.HoldEvents();

    // The context would open a lost connection again and save without the transaction, and the event would be applied twice.
    private static NpgsqlException LostException() => new("The connection of the event's transaction is lost.");
}
