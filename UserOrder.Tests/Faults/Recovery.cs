using System.Diagnostics;

namespace UserOrder.Tests.Faults;

/// <summary>Measures the time to full recovery.</summary>
internal sealed class Recovery(FaultySystem system, Client client)
{
    private readonly Probe _probe = new(system, client);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>
    /// Waits until each pair of replicas has accepted a user and an order, both have taken effect in the other service, and every replica
    /// is healthy and consumes.
    /// </summary>
    public async Task<TimeSpan> MeasureAsync()
    {
        var waited = Stopwatch.StartNew();
        await Task.WhenAll(FaultySystem.UserApis.Zip(FaultySystem.OrderApis, _probe.RunAsync));
        foreach (var service in FaultySystem.Services)
        {
            await Until.EqualAsync("", $"{service} is healthy", () => client.FindUnhealthyChecksAsync(service, Cancelled));
        }

        await using var connection = await system.ConnectToBrokerAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        foreach (var queue in Queues.ByType.Values)
        {
            await Until.EqualAsync(2u, $"both replicas consume from {queue}", () => channel.ConsumerCountAsync(queue, Cancelled));
        }

        return waited.Elapsed;
    }
}
