namespace UserOrder.Simulation.Engine;

/// <summary>The threads of one process: work beyond their number waits its turn, in order.</summary>
internal sealed class WorkerThreads(Simulator simulator, Machine machine, int count)
{
    private readonly Queue<Completion> _waiting = new();
    private int _idle = count;

    /// <summary>The seconds that its threads were at work, waiting for a core included.</summary>
    public double OccupiedSeconds { get; private set; }

    /// <summary>Waits for a thread, then takes that much time of a core.</summary>
    public async Task RunAsync(double seconds)
    {
        if (_idle > 0)
        {
            _idle--;
        }
        else
        {
            var turn = new Completion(simulator);
            _waiting.Enqueue(turn);
            await turn;
        }

        var start = simulator.Now;
        await machine.RunAsync(seconds);
        OccupiedSeconds += simulator.Now - start;
        if (_waiting.TryDequeue(out var next))
        {
            next.Complete();
        }
        else
        {
            _idle++;
        }
    }
}
