namespace UserOrder.Simulation.Engine;

/// <summary>
/// A machine's cores, shared evenly by the threads that run: a thread has a core to itself while there are enough, and else its share of them.
/// </summary>
/// <param name="simulator">The clock.</param>
/// <param name="cores">How many it has.</param>
/// <param name="factor">How much of a core's time one second of work takes on it.</param>
/// <remarks>Processor sharing, of which a fair scheduler of small time slices is the implementation.</remarks>
internal sealed class Machine(Simulator simulator, int cores, double factor = 1)
{
    private readonly PriorityQueue<Completion, (double Work, long Order)> _running = new();

    // What each thread has been given since the start: a new one is done when this has grown by what it needs.
    private double _work;
    private double _updatedAt;
    private long _order;
    private long _plan;

    public int Cores => cores;

    /// <summary>The core seconds that were used.</summary>
    public double BusySeconds { get; private set; }

    /// <summary>Takes that much time of one core, times the factor.</summary>
    public Completion RunAsync(double seconds)
    {
        Update();
        var completion = new Completion(simulator);
        _running.Enqueue(completion, (_work + (factor * seconds), _order++));
        Plan();
        return completion;
    }

    private double Share => Math.Min(1, (double)cores / _running.Count);

    /// <summary>Brings <see cref="BusySeconds"/> up to now.</summary>
    public void Update()
    {
        if (_running.Count > 0)
        {
            var elapsed = simulator.Now - _updatedAt;
            _work += elapsed * Share;
            BusySeconds += elapsed * Math.Min(_running.Count, cores);
        }

        _updatedAt = simulator.Now;
    }

    /// <summary>Looks forward to the next thread that will be done, unless another one comes before.</summary>
    private void Plan()
    {
        var plan = ++_plan;
        if (_running.TryPeek(out _, out var next))
        {
            simulator.Schedule(Math.Max(0, (next.Work - _work) / Share), () => Finish(plan));
        }
    }

    private void Finish(long plan)
    {
        if (plan == _plan)
        {
            Update();
            _running.Dequeue().Complete();
            Plan();
        }
    }
}
