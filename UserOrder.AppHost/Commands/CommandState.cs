using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace UserOrder.AppHost.Commands;

internal static class CommandState
{
    /// <summary>Enables a command while its resource is healthy.</summary>
    public static ResourceCommandState OfHealth(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.HealthStatus == HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
}
