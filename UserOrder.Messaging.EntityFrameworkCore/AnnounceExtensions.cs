using System.Transactions;
using UserOrder.Messaging.EntityFrameworkCore;
using UserOrder.Messaging.Events;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Announces events through a context.</summary>
public static class AnnounceExtensions
{
    /// <summary>
    /// Adds an event that happens now. The next <c>SaveChanges</c> writes it to the outbox, in the transaction of the context's other
    /// changes. The commit wakes the relay, which publishes it.
    /// </summary>
    /// <remarks>
    /// The event has one id, however often the save is retried. A delegate that an execution strategy repeats must not announce again:
    /// announce before, or clear the change tracker in the delegate.
    /// </remarks>
    /// <typeparam name="TData">The event's content.</typeparam>
    /// <param name="context">A context of <c>AddMessaging(…).AddDbContext</c>, with <c>AddOutbox</c> in its model.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="subject">The entity that the event is about, usually its id.</param>
    /// <param name="data">The event's content.</param>
    /// <exception cref="InvalidOperationException">
    /// The context is another one, or its <see cref="Infrastructure.DatabaseFacade.AutoTransactionBehavior"/> would save event and changes
    /// apart; or <see cref="UserOrder.Messaging.MessagingBuilder.Publish{TData}"/> has not declared the type.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The event is larger than <see cref="UserOrder.Messaging.Settings.MessagingOptions.MaxMessageBytes"/>.
    /// </exception>
    public static void Announce<TData>(this DbContext context, EventType<TData> type, string subject, TData data)
    {
        ArgumentNullException.ThrowIfNull(context);
        var name = context.GetType().Name;
        var interceptor = OutboxInterceptor.Of(context) ?? throw new InvalidOperationException(
            $"{name} has no outbox. Register it by AddMessaging(…).AddDbContext<{name}>(), and get it from a scope.");
        if (context.Model.FindEntityType(typeof(OutboxEntry)) is null)
        {
            throw new InvalidOperationException($"The model of {name} has no outbox. Call modelBuilder.AddOutbox() in OnModelCreating.");
        }

        if (context.Database is { AutoTransactionBehavior: AutoTransactionBehavior.Never, CurrentTransaction: null }
            && Transaction.Current is null)
        {
            throw new InvalidOperationException($"{name} saves without a transaction, so an event could be saved without its cause.");
        }

        context.Add(OutboxEntry.Of(interceptor.Outbox.CreateMessage(type, subject, data)));
    }
}
