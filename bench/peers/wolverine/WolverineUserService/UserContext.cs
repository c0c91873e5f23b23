using Microsoft.EntityFrameworkCore;

namespace Peer.Wolverine.UserService;

/// <summary>The table <c>users</c>, which the other pairs have, too.</summary>
public sealed class UserContext(DbContextOptions<UserContext> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<User>(user =>
    {
        user.ToTable("users");
        user.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
        user.Property(row => row.Name).HasColumnName("name");
        user.Property(row => row.Email).HasColumnName("email");
        user.Property(row => row.EmailKey).HasColumnName("email_key");
        user.Property(row => row.CreatedAt).HasColumnName("created_at");
    });
}

/// <summary>A row of <c>users</c>.</summary>
public sealed class User
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string EmailKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
