using System.Globalization;
using System.Text;
using UserOrder.Messaging.Database;

namespace UserOrder.Messaging.EntityFrameworkCore;

/// <summary>The library's migrations as one statement, which skips those that the database has and records the others.</summary>
internal static class UpgradeScript
{
    /// <summary>Writes the statement for the migrations up to a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No migration has the number.</exception>
    public static string Of(int through)
    {
        var migrations = Migration.From(typeof(SchemaMigrator).Assembly);
        ArgumentOutOfRangeException.ThrowIfLessThan(through, migrations[0].Number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(through, migrations[^1].Number);

        // The lock is that of the library's migrator, which may run meanwhile. Within "execute", a migration may also return rows.
        var script = new StringBuilder();
        script.Append(
            CultureInfo.InvariantCulture,
            $"""
            do $messaging$
            begin
              perform pg_advisory_xact_lock({SchemaMigrator.AdvisoryLock});
              if to_regclass('schema_migrations') is null then
                execute $migration${SchemaMigrator.CreateMigrationsTable}$migration$;
              end if;

            """);
        foreach (var (component, number, name, sql) in migrations.Where(migration => migration.Number <= through))
        {
            script.Append(
                CultureInfo.InvariantCulture,
                $"""
                  if not exists (select from schema_migrations where component = '{component}' and number = {number}) then
                    execute $migration${sql}$migration$;
                    insert into schema_migrations (component, number, name) values ('{component}', {number}, '{name}');
                  end if;

                """);
        }

        return script.Append("end $messaging$").ToString();
    }
}
