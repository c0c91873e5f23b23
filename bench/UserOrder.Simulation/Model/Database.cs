using UserOrder.Simulation.Engine;

namespace UserOrder.Simulation.Model;

/// <summary>A PostgreSQL server: each connection is a process of its own, and all commits share the write-ahead log.</summary>
internal sealed class Database(Simulator simulator, Machine machine, FlushedLog log, double roundTrip)
{
    /// <summary>The events in its outbox that no lane of a relay has claimed.</summary>
    public Queue<Occurrence> Outbox { get; } = new();

    /// <summary>A statement that takes that much time of a core.</summary>
    public async Task ExecuteAsync(double seconds)
    {
        await simulator.DelayAsync(roundTrip);
        await machine.RunAsync(seconds);
    }

    /// <summary>A commit as a statement of its own.</summary>
    public async Task CommitAsync()
    {
        await simulator.DelayAsync(roundTrip);
        await log.FlushAsync();
    }

    /// <summary>A statement that is a transaction.</summary>
    public async Task ExecuteAndCommitAsync(double seconds)
    {
        await ExecuteAsync(seconds);
        await log.FlushAsync();
    }
}
