using UserOrder.Messaging.Settings;
using UserOrder.Simulation.Costs;
using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>A lane of the relay: claim, publish, wait for the confirms, delete.</summary>
internal sealed class RelayLane(
    Simulator simulator, CostModel costs, MessagingOptions options, WorkerThreads threads, Database database, BrokerChannel channel, Wakeup signal)
{
    // What one write to the socket carries, more or less: the broker works on the first while the next are on their way.
    private const int Chunk = 50;

    private readonly Pacing _pacing = new(simulator, options.BatchInterval);
    private readonly BusyTime _busy = new(simulator);
    private int _claimed;

    /// <summary>The seconds that it was at work on full batches.</summary>
    public double BusySeconds => _busy.Seconds;

    /// <summary>How many events it has claimed that the broker has not confirmed.</summary>
    public int Unconfirmed => _claimed + channel.Unconfirmed;

    public async Task RunAsync()
    {
        while (true)
        {
            await signal.WaitAsync();
            await _pacing.WaitAsync();
            while (await RelayBatchAsync())
            {
            }
        }
    }

    private async Task<bool> RelayBatchAsync()
    {
        var batch = Claim();
        var cost = costs.UserDatabaseRelay.Seconds(batch.Count);
        await database.ExecuteAsync(cost / 2);
        if (batch.Count == 0)
        {
            return false;
        }

        var isMoreWaiting = batch.Count == options.RelayBatchSize;
        _busy.Begin(isMoreWaiting);
        if (isMoreWaiting)
        {
            signal.Set();
        }

        await PublishAsync(batch);
        await database.ExecuteAsync(cost / 2);
        await database.CommitAsync();
        _busy.End();
        return isMoreWaiting;
    }

    private List<Occurrence> Claim()
    {
        var claimed = new List<Occurrence>();
        while (claimed.Count < options.RelayBatchSize && database.Outbox.TryDequeue(out var occurrence))
        {
            claimed.Add(occurrence);
        }

        _claimed = claimed.Count;
        return claimed;
    }

    private async Task PublishAsync(List<Occurrence> batch)
    {
        await threads.RunAsync(costs.UserApiRelay.BatchSeconds);
        var beginning = channel.BeginAsync(batch.Count);
        _claimed = 0;
        await beginning;
        foreach (var chunk in batch.Chunk(Chunk))
        {
            await threads.RunAsync(costs.UserApiRelay.SecondsOf(chunk.Length));
            channel.Send(chunk);
        }

        await channel.ConfirmAsync();
    }
}
