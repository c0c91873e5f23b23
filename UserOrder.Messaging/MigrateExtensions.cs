using Microsoft.Extensions.DependencyInjection;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Database;

namespace Microsoft.Extensions.Hosting;

/// <summary>Prepares a service's database and broker without running the service.</summary>
public static class MigrateExtensions
{
    /// <summary>The command-line argument that makes a service's program migrate and exit.</summary>
    public const string Argument = "--migrate";

    /// <summary>
    /// Waits for the database, applies the missing migrations, and provisions the service's logins at the database and the broker. A job or
    /// an init container calls it, so that the running service never has the owners' passwords.
    /// </summary>
    /// <exception cref="HttpRequestException">The broker's management API refuses or does not answer.</exception>
    public static async Task MigrateAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        await host.Services.GetRequiredService<SchemaMigrator>().MigrateAsync(cancellationToken);
        await host.Services.GetRequiredService<BrokerAccess>().GrantAsync(cancellationToken);
    }
}
