using UserOrder.Messaging.EntityFrameworkCore;

namespace Microsoft.EntityFrameworkCore.Migrations;

/// <summary>Lets the migrations of a context create the library's tables.</summary>
public static class MessagingMigrationExtensions
{
    /// <summary>
    /// Applies the library's migrations up to a number, except for those that the database has. The library then finds nothing to do, and
    /// applies later ones when a service starts; to apply them by a migration instead, add one with a higher number. No migration is
    /// reversed.
    /// </summary>
    /// <param name="migrationBuilder">The builder of a migration.</param>
    /// <param name="through">
    /// The number of the last migration to apply: the highest <c>NNNN</c> of <c>UserOrder.Messaging/Migrations</c> in this version. Never
    /// change it in a migration that was released.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">This version of the library has no migration with the number.</exception>
    public static void UpgradeMessaging(this MigrationBuilder migrationBuilder, int through)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(UpgradeScript.Of(through));
    }
}
