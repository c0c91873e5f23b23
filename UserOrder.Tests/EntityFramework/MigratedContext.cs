using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using UserOrder.Messaging.Database;

namespace UserOrder.Tests.EntityFramework;

/// <summary>A context whose migrations also create the library's tables.</summary>
internal sealed class MigratedContext(DbContextOptions<MigratedContext> options) : DbContext(options)
{
    /// <summary>The numbers of the library's migrations.</summary>
    public static readonly int[] Numbers =
        [.. UserOrder.Messaging.Database.Migration.From(typeof(SchemaMigrator).Assembly).Select(migration => migration.Number)];

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddOutbox();

    /// <summary>As if this version of the library had been the first one.</summary>
    [DbContext(typeof(MigratedContext))]
    [Migration("20260101000000_First")]
    internal sealed class First : Microsoft.EntityFrameworkCore.Migrations.Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.UpgradeMessaging(through: Numbers[0]);
            migrationBuilder.CreateTable("notes", table => new { id = table.Column<Guid>() });
        }
    }

    /// <summary>After an upgrade of the library.</summary>
    [DbContext(typeof(MigratedContext))]
    [Migration("20260102000000_Second")]
    internal sealed class Second : Microsoft.EntityFrameworkCore.Migrations.Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.UpgradeMessaging(through: Numbers[^1]);
    }
}
