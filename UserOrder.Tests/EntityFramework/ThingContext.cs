using Microsoft.EntityFrameworkCore;

namespace UserOrder.Tests.EntityFramework;

/// <summary>A row of the service under test.</summary>
internal sealed class StoredThing
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Name { get; init; }
}

/// <summary>The context of the service under test. The names of its things are unique.</summary>
internal sealed class ThingContext(DbContextOptions<ThingContext> options) : DbContext(options)
{
    public DbSet<StoredThing> Things => Set<StoredThing>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("shop");
        modelBuilder.Entity<StoredThing>(thing =>
        {
            thing.ToTable("things");
            thing.Property(row => row.Id).HasColumnName("id");
            thing.Property(row => row.Name).HasColumnName("name");
            thing.HasIndex(row => row.Name).IsUnique();
        });
        modelBuilder.AddOutbox();
    }
}

/// <summary>A context whose model lacks the outbox.</summary>
internal sealed class PlainContext(DbContextOptions<PlainContext> options) : DbContext(options);
