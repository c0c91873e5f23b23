using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;

namespace Microsoft.Extensions.Hosting;

/// <summary>What has to be done before a service runs, apart from running it.</summary>
public static class MigrateExtensions
{
    /// <summary>The argument with which a service's program migrates and ends.</summary>
    public const string Argument = "--migrate";

    /// <summary>
    /// Brings the schema up to date and makes the service's logins at database and broker, without running the service: for a job or an init
    /// container, so that the process that runs never has the owners' passwords. Waits for the database.
    /// </summary>
    /// <exception cref="HttpRequestException">The broker's management API refuses or does not answer.</exception>
    public static async Task MigrateAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        await host.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancellationToken);
        await host.Services.GetRequiredService<BrokerAccess>().GrantAsync(cancellationToken);
    }
}
