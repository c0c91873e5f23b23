using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Settings;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers a service's PostgreSQL database.</summary>
public static class DatabaseExtensions
{
    /// <summary>
    /// The connections of a replica, unless the connection string gives another number. A server grants 97 by default. At 100, the driver's
    /// default, it refuses some, and a refusal empties the pool.
    /// </summary>
    internal const int DefaultPoolSize = 40;

    /// <summary>
    /// Adds a pooled <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:{name}</c>, the migrations that <paramref name="migrations"/>
    /// embeds as <c>Migrations/NNNN_name.sql</c>, and a health check. The check is unhealthy until the schema is in place and while the
    /// database does not answer. If <c>ConnectionStrings:{name}-owner</c> is set, that role migrates the schema and creates the role of
    /// <c>ConnectionStrings:{name}</c>, which may then use only the tables.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A connection string is missing or invalid; the message names it, without its value.
    /// </exception>
    public static IHostApplicationBuilder AddPostgresDatabase(this IHostApplicationBuilder builder, string name, Assembly migrations)
    {
        var connectionString = ConnectionStrings.Postgres(builder.Configuration, name)
            ?? throw new InvalidOperationException($"ConnectionStrings:{name} is missing. It configures the PostgreSQL database.");
        var owner = ConnectionStrings.Postgres(builder.Configuration, $"{name}-owner");

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => CreateDataSource(connectionString, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(new DatabaseAccess(connectionString, owner));
        builder.Services.AddMigrations(migrations);
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database", timeout: TimeSpan.FromSeconds(5));
        return builder;
    }

    internal static void AddMigrations(this IServiceCollection services, Assembly assembly)
    {
        services.AddSingleton(new MigrationAssembly(assembly));
        services.TryAddSingleton<SchemaMigrator>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IHostedService, SchemaMigrator>(provider => provider.GetRequiredService<SchemaMigrator>()));
    }

    private static NpgsqlDataSource CreateDataSource(string connectionString, ILoggerFactory loggers)
    {
        // The timeouts are shorter than the driver's defaults, so that the service gives up an unreachable server within seconds. A
        // connection attempt survives one lost packet. A request may wait for two attempts: its own batch's and the previous batch's. The
        // driver prepares recurring statements, because planning the long ones costs more than running them. The service has a dozen. GSS
        // encryption is off by default, because chiseled images lack the Kerberos library. Keepalives find idle connections to a machine
        // that has vanished. The connection string overrides all of these, for instance with Max Auto Prepare=0 behind a pooler.
        const string Defaults =
            "Timeout=2;Command Timeout=10;Max Auto Prepare=32;Auto Prepare Min Usages=2;GSS Encryption Mode=Disable;" +
            "TCP Keepalive Time=10;TCP Keepalive Interval=5";
        var builder = new NpgsqlDataSourceBuilder($"{Defaults};Maximum Pool Size={DefaultPoolSize};{connectionString}");
        builder.UseLoggerFactory(loggers);

        // The relay and the health check run outside of any trace. Without the filter, each of their queries would start one.
        builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })
            .EnablePhysicalOpenTracing(false));
        return builder.Build();
    }
}
