using Microsoft.EntityFrameworkCore;

namespace Peer.Wolverine.OrderService;

/// <summary>The table <c>known_users</c>, which the other pairs have, too.</summary>
public sealed class OrderContext(DbContextOptions<OrderContext> options) : DbContext(options)
{
    public DbSet<KnownUser> KnownUsers => Set<KnownUser>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<KnownUser>(user =>
    {
        user.ToTable("known_users");
        user.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
    });
}

/// <summary>A row of <c>known_users</c>.</summary>
public sealed class KnownUser
{
    public required Guid Id { get; init; }
}
