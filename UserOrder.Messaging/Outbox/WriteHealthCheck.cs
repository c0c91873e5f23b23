using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Reports unhealthy while the database takes no writes, for instance because it is read-only, its disk is full, or its synchronous standby
/// is away. Queries may succeed meanwhile.
/// </summary>
/// <remarks>It writes only after a write of the service has failed, until a write of its own succeeds.</remarks>
internal sealed class WriteHealthCheck(NpgsqlDataSource database) : IHealthCheck
{
    private volatile bool _isSuspect;

    /// <summary>Call it after a write that did not succeed, whatever the reason.</summary>
    public void Suspect() => _isSuspect = true;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        if (!_isSuspect)
        {
            return HealthCheckResult.Healthy();
        }

        // Reset first: a write that fails meanwhile must count.
        _isSuspect = false;
        try
        {
            await OutboxStore.TryWriteAsync(database, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (DbException exception)
        {
            Suspect();
            return HealthCheckResult.Unhealthy($"The database takes no writes: {exception.Message}", exception);
        }
        catch
        {
            Suspect();
            throw;
        }
    }
}
