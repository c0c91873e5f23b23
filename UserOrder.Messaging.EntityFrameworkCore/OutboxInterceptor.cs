using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Messaging.EntityFrameworkCore;

/// <summary>Notices that a context has saved events.</summary>
/// <param name="outbox">Creates the events that the context announces.</param>
internal abstract class OutboxInterceptor(EventOutbox outbox) : SaveChangesInterceptor
{
    public EventOutbox Outbox => outbox;

    /// <summary>The interceptor of a context; null if the library has not registered the context.</summary>
    public static OutboxInterceptor? Of(DbContext context) => context.GetService<IDbContextOptions>()
        .FindExtension<CoreOptionsExtension>()?.Interceptors?.OfType<OutboxInterceptor>().FirstOrDefault();

    public sealed override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        OnSaved(eventData.Context!);
        return result;
    }

    public sealed override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        OnSaved(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    /// <summary>The context has written events, in a transaction that may still be open.</summary>
    protected abstract void OnEventsSaved(DbContext context);

    private void OnSaved(DbContext context)
    {
        // The save has just detected all changes.
        var tracker = context.ChangeTracker;
        var detects = tracker.AutoDetectChangesEnabled;
        tracker.AutoDetectChangesEnabled = false;
        var entries = tracker.Entries<OutboxEntry>().ToList();
        tracker.AutoDetectChangesEnabled = detects;
        if (entries.Count == 0)
        {
            return;
        }

        // A context that lives long must not keep its events. Those of SaveChanges(acceptAllChangesOnSuccess: false) may be saved again.
        foreach (var entry in entries.Where(entry => entry.State == EntityState.Unchanged))
        {
            entry.State = EntityState.Detached;
        }

        OnEventsSaved(context);
    }
}
