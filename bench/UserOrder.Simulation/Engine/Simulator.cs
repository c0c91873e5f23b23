namespace UserOrder.Simulation.Engine;

/// <summary>
/// A discrete-event simulation: a clock that jumps from event to event. Its processes are async methods that await nothing but
/// <see cref="Completion"/>s, all on one thread, so the same model and seed give the same run.
/// </summary>
internal sealed class Simulator
{
    private readonly PriorityQueue<Action, (double Time, long Order)> _agenda = new();
    private readonly Queue<Action> _now = new();
    private readonly List<Task> _failed = [];
    private long _order;

    /// <summary>The simulated time in seconds from the start.</summary>
    public double Now { get; private set; }

    /// <summary>Lets an action take place later. What is due at the same time takes place in the order of the calls.</summary>
    public void Schedule(double seconds, Action action) => _agenda.Enqueue(action, (Now + seconds, _order++));

    /// <summary>Lets an action take place now, after what is going on.</summary>
    public void Schedule(Action action) => _now.Enqueue(action);

    /// <summary>Completes after that time.</summary>
    public Completion DelayAsync(double seconds)
    {
        var completion = new Completion(this);
        Schedule(seconds, completion.Complete);
        return completion;
    }

    /// <summary>Begins a process, which goes on by itself.</summary>
    public void Start(Func<Task> process) => Schedule(() => Watch(process()));

    /// <summary>Lets time pass.</summary>
    /// <param name="end">The time to stop at, in seconds from the start.</param>
    /// <exception cref="Exception">What a process threw.</exception>
    public void RunUntil(double end)
    {
        var context = SynchronizationContext.Current;
        try
        {
            // A caller's context would take the processes' continuations to another thread.
            SynchronizationContext.SetSynchronizationContext(null);
            RunNow();
            while (_agenda.TryPeek(out var action, out var due) && due.Time <= end)
            {
                _agenda.Dequeue();
                Now = due.Time;
                action();
                RunNow();
            }

            Now = end;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void RunNow()
    {
        while (_now.TryDequeue(out var action))
        {
            action();
        }

        if (_failed is [var failed, ..])
        {
            failed.GetAwaiter().GetResult();
        }
    }

    private void Watch(Task process) => process.ContinueWith(
        _failed.Add,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
