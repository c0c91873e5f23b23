namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>A thread that runs the operations of schedules, one after the other. It waits while another one has the turn.</summary>
internal sealed class Worker : IDisposable
{
    [ThreadStatic]
    private static Worker? _current;

    private readonly SemaphoreSlim _turn = new(0);
    private readonly WorkerPool _pool;
    private volatile bool _isStopping;

    public Worker(WorkerPool pool)
    {
        _pool = pool;

        // Start would let the thread inherit the name of the operation that needs it.
        new Thread(Run) { IsBackground = true, Name = "schedule" }.UnsafeStart();
    }

    /// <summary>The worker of this thread; null on a thread that no scheduler controls.</summary>
    public static Worker? Current => _current;

    /// <summary>The schedule that the worker takes part in.</summary>
    public Scheduler? Scheduler { get; private set; }

    /// <summary>The operation that the worker runs or has interrupted.</summary>
    public Operation? Operation { get; private set; }

    /// <summary>Runs a new operation.</summary>
    public void Begin(Scheduler scheduler, Operation operation)
    {
        (Scheduler, Operation) = (scheduler, operation);
        _turn.Release();
    }

    /// <summary>Continues the interrupted operation.</summary>
    public void Resume() => _turn.Release();

    /// <summary>Waits until the interrupted operation may continue.</summary>
    public void WaitForTurn() => _turn.Wait();

    /// <summary>Ends the thread of a free worker.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _turn.Release();
    }

    /// <summary>Makes the worker free for other operations. The caller gives the turn to another worker afterwards.</summary>
    public void Free() => _pool.Return(this);

    private void Run()
    {
        _current = this;
        for (_turn.Wait(); !_isStopping; _turn.Wait())
        {
            var scheduler = Scheduler!;
            SynchronizationContext.SetSynchronizationContext(scheduler.Context);
            for (var operation = Operation; operation is not null; operation = scheduler.EndOperation(this))
            {
                Operation = operation;
                operation.Worker = this;
                scheduler.Execute(operation);
            }
        }
    }
}
