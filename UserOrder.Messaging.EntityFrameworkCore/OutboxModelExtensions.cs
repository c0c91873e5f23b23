using UserOrder.Messaging.EntityFrameworkCore;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the outbox to the model of a context.</summary>
public static class OutboxModelExtensions
{
    /// <summary>
    /// Maps the table <c>outbox</c>, so that the context may <see cref="AnnounceExtensions.Announce"/> events. Call it in
    /// <see cref="DbContext.OnModelCreating"/>. The table stays out of the context's own migrations: the library creates it, or
    /// <see cref="Migrations.MessagingMigrationExtensions.UpgradeMessaging"/>.
    /// </summary>
    /// <param name="modelBuilder">The context's model.</param>
    /// <param name="schema">The schema of the library's tables: the first one of the connection's search path.</param>
    public static ModelBuilder AddOutbox(this ModelBuilder modelBuilder, string schema = "public")
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);

        // The types are explicit, because a convention of the model, such as a length of all strings, would change them.
        return modelBuilder.Entity<OutboxEntry>(entry =>
        {
            entry.ToTable("outbox", schema, table => table.ExcludeFromMigrations());
            entry.HasKey(row => row.Id);
            entry.Property(row => row.Id).HasColumnName("id").HasColumnType("uuid").ValueGeneratedNever();
            entry.Property(row => row.Type).HasColumnName("type").HasColumnType("text");
            entry.Property(row => row.Body).HasColumnName("body").HasColumnType("bytea");
            entry.Property(row => row.TraceParent).HasColumnName("traceparent").HasColumnType("text");
            entry.Property(row => row.TraceState).HasColumnName("tracestate").HasColumnType("text");
        });
    }
}
