using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using UserOrder.Messaging.Database;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers a service's PostgreSQL database.</summary>
public static class DatabaseExtensions
{
    /// <summary>
    /// Adds a pooled <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:{name}</c>, the migrations that are embedded in
    /// <paramref name="migrations"/> as <c>Migrations/NNNN_name.sql</c>, and a health check that is unhealthy until the schema is in place
    /// and whenever the database does not answer. Where <c>ConnectionStrings:{name}-owner</c> is given, that role migrates, and makes the
    /// role of <c>ConnectionStrings:{name}</c>, which may then use the tables only.
    /// </summary>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static IHostApplicationBuilder AddPostgresDatabase(this IHostApplicationBuilder builder, string name, Assembly migrations)
    {
        var connectionString = builder.Configuration.GetConnectionString(name) ??
            throw new InvalidOperationException($"ConnectionStrings:{name} is missing: it names the PostgreSQL database.");

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => CreateDataSource(connectionString, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(new DatabaseAccess(connectionString, builder.Configuration.GetConnectionString($"{name}-owner")));
        builder.Services.AddMigrations(migrations);
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database", timeout: TimeSpan.FromSeconds(5));
        return builder;
    }

    internal static void AddMigrations(this IServiceCollection services, Assembly assembly)
    {
        services.AddSingleton(new MigrationAssembly(assembly));
        services.TryAddSingleton<SchemaMigrator>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchemaMigrator>(provider => provider.GetRequiredService<SchemaMigrator>()));
    }

    private static NpgsqlDataSource CreateDataSource(string connectionString, ILoggerFactory loggers)
    {
        // Timeouts shorter than the driver's own, so that a server that was cut off is given up in seconds. The attempt to connect has room for
        // one lost packet; a request may wait for two attempts, that of the batch before its own as well. Statements that recur are prepared:
        // the service has a dozen of them, and to plan the long ones costs more than to run them. Kerberos is asked for by who has it: its
        // library is not in the chiseled images. What the connection string says wins, such as Max Auto Prepare=0 behind a pooler.
        var builder = new NpgsqlDataSourceBuilder(
            $"Timeout=2;Command Timeout=10;Max Auto Prepare=32;Auto Prepare Min Usages=2;GSS Encryption Mode=Disable;{connectionString}");
        builder.UseLoggerFactory(loggers);

        // What the relay and the health check do belongs to no trace, and would start one with each query.
        builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })
            .EnablePhysicalOpenTracing(false));
        return builder.Build();
    }
}
