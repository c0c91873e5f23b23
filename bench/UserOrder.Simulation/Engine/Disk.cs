namespace UserOrder.Simulation.Engine;

/// <summary>A machine's disk, which flushes for one file after the other.</summary>
internal sealed class Disk(Simulator simulator, Func<double> nextFlushSeconds)
{
    private readonly Queue<Completion> _waiting = new();
    private bool _isFlushing;

    public Completion FlushAsync()
    {
        var completion = new Completion(simulator);
        _waiting.Enqueue(completion);
        if (!_isFlushing)
        {
            Flush();
        }

        return completion;
    }

    private void Flush()
    {
        _isFlushing = true;
        simulator.Schedule(nextFlushSeconds(), () =>
        {
            _isFlushing = false;
            _waiting.Dequeue().Complete();
            if (_waiting.Count > 0)
            {
                Flush();
            }
        });
    }
}
