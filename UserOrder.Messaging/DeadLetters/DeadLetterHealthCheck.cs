using Microsoft.Extensions.Diagnostics.HealthChecks;
using UserOrder.Messaging.Broker;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>
/// Reports the number of dead letters. It is always healthy: dead letters are work for an operator, not a reason to take the service out of
/// rotation.
/// </summary>
internal sealed class DeadLetterHealthCheck(DeadLetterCounts counts) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(HealthCheckResult.Healthy(Describe(counts.Latest)));

    private static string Describe(IReadOnlyList<DeadLetterCount>? latest)
    {
        if (latest is null)
        {
            return "Not counted: the broker has not answered.";
        }

        var waiting = latest.Where(queue => queue.Count > 0)
            .Select(queue => $"{queue.Count} in {Topology.DeadLettersOf(queue.Queue)}")
            .ToList();
        return waiting.Count == 0 ? "none" : string.Join(", ", waiting);
    }
}
