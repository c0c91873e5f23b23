using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>Reports unhealthy until the schema is in place, and while the database does not answer.</summary>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource database, SchemaMigrator migrator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        if (!migrator.Ready.IsCompletedSuccessfully)
        {
            return HealthCheckResult.Unhealthy("The schema is not in place yet.");
        }

        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (DbException exception)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", exception);
        }
    }
}
