namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>
/// Runs concurrent code one operation at a time. Wherever the code could be interrupted, by an await, a lock, an atomic operation or a
/// clock, the next operation is drawn at random. The seed decides every draw, so it repeats the schedule.
/// </summary>
/// <remarks>
/// An operation keeps its thread while it is interrupted, but only one thread runs at any time. So the scheduler explores sequentially
/// consistent schedules; it cannot show the reordering of memory accesses by a processor.
/// </remarks>
internal sealed class Scheduler : IDisposable
{
    // A livelock takes this many. No correct schedule comes near.
    private const int MaxSteps = 20_000;
    private const int ShownSteps = 60;
    private const double ChanceOfTime = 0.03;

    // Most defects need one or two. Each costs a change of threads, so fewer of them leave time for more schedules.
    private const int MaxInterruptions = 4;

    private static readonly double[] ChancesOfInterruption = [0.01, 0.05, 0.3];

    private readonly int _seed;
    private readonly Defects _defects;
    private readonly WorkerPool _workers;
    private readonly Random _random;
    private readonly double _chanceOfInterruption;
    private readonly List<Operation> _ready = [];
    private readonly Queue<(string? Name, string Step)> _lastSteps = new();
    private readonly AsyncLocal<string?> _name = new();
    private readonly List<Worker> _interrupted = [];
    private readonly ManualResetEventSlim _end = new();
    private Task? _scenario;
    private int _interruptionsLeft;
    private int _blocked;
    private int _steps;
    private int _fingerprint;
    private bool _hasFailed;
    private volatile Failure? _failure;

    public Scheduler(int seed, Defects defects, WorkerPool workers)
    {
        _seed = seed;
        _defects = defects;
        _workers = workers;
        _random = new Random(seed);
        _chanceOfInterruption = ChancesOfInterruption[_random.Next(ChancesOfInterruption.Length)];
        _interruptionsLeft = _random.Next(1, MaxInterruptions + 1);
        Time = new VirtualTime(this);
        Context = new ScheduledContext(this);
    }

    /// <summary>The schedule that this thread takes part in; null on a thread that no scheduler controls.</summary>
    public static Scheduler? Current => Worker.Current?.Scheduler;

    /// <summary>The clock of the schedule.</summary>
    public VirtualTime Time { get; }

    public ScheduledContext Context { get; }

    /// <summary>Draws, which the seed decides too.</summary>
    public Random Random => _random;

    /// <summary>Two schedules with different numbers differ.</summary>
    public int Fingerprint => _fingerprint;

    /// <summary>The operation that runs.</summary>
    public static Operation Running => Worker.Current!.Operation!;

    public bool Has(Defects defect) => _defects.HasFlag(defect);

    /// <summary>Marks a step before which the scheduler may let another operation run.</summary>
    public static void Reach(string step) => Current?.ReachStep(step);

    /// <summary>Runs a scenario to its end.</summary>
    /// <returns>Null if it has ended, and nothing is left that waits for ever.</returns>
    public Failure? Run(Func<Scheduler, Task> scenario)
    {
        var first = new Operation(() => _scenario = scenario(this));
        _workers.Rent().Begin(this, first);
        _end.Wait();
        return _failure;
    }

    /// <summary>Runs code concurrently, like a request or a background service.</summary>
    /// <param name="name">Its name in the steps of a failure.</param>
    /// <param name="code">The code.</param>
    public Task Spawn(string name, Func<Task> code)
    {
        // Task.WhenAll would be continued on the thread pool if this ran continuations asynchronously.
        var end = new TaskCompletionSource();
        Start(RunAsync);
        return end.Task;

        async void RunAsync()
        {
            _name.Value = name;
            try
            {
                await code();
                end.SetResult();
            }
            catch (Exception exception)
            {
                end.SetException(exception);
            }
        }
    }

    /// <summary>Lets other operations run, up to three times.</summary>
    public async Task PauseAsync()
    {
        for (var pauses = _random.Next(4); pauses > 0; pauses--)
        {
            await Task.Yield();
        }
    }

    public void Dispose() => _end.Dispose();

    /// <summary>Makes an operation ready to run.</summary>
    public void Start(Action code)
    {
        if (Current != this)
        {
            Fail("A thread that the scheduler does not control runs a part of the code.");
        }
        else if (_failure is null)
        {
            _ready.Add(new Operation(code));
        }
    }

    /// <summary>Interrupts the running operation until another one releases what it waits for.</summary>
    public void Block(ICollection<Operation> waiting)
    {
        _blocked++;
        waiting.Add(Running);
        GiveTurn(Next());
    }

    /// <summary>Makes the operations ready that wait.</summary>
    public void Unblock(ICollection<Operation> waiting)
    {
        _blocked -= waiting.Count;
        _ready.AddRange(waiting);
        waiting.Clear();
    }

    /// <summary>Runs an operation up to its next await.</summary>
    public void Execute(Operation operation)
    {
        try
        {
            operation.Start();
        }
        catch (ScheduleEndedException)
        {
        }
        catch (Exception exception)
        {
            Fail($"{exception}");
        }
    }

    /// <summary>Ends an operation of a worker, and gives the turn to another one.</summary>
    /// <returns>A new operation for the same worker; null if it is free.</returns>
    public Operation? EndOperation(Worker worker)
    {
        if (_scenario is { IsFaulted: true })
        {
            Fail($"{_scenario.Exception!.InnerException}");
        }

        var isEnd = _ready.Count == 0 && _scenario is { IsCompleted: true };
        if (isEnd && _blocked > 0)
        {
            Fail($"{_blocked} operations wait for a lock for ever.");
        }

        var next = isEnd || _failure is not null ? null : Next();
        if (next is { Worker: null })
        {
            return next;
        }

        worker.Free();
        if (next is not null)
        {
            next.Worker.Resume();
        }
        else if (_failure is null)
        {
            _end.Set();
        }
        else if (!_hasFailed)
        {
            _hasFailed = true;
            _interrupted.ForEach(other => other.Resume());
            _end.Set();
        }

        return null;
    }

    private void ReachStep(string step)
    {
        ThrowIfFailed();
        Note(step);
        if (++_steps > MaxSteps)
        {
            Fail($"It goes on after {MaxSteps} steps.");
            ThrowIfFailed();
        }

        if (_interruptionsLeft > 0 && _ready.Count > 0 && _random.NextDouble() < _chanceOfInterruption)
        {
            _interruptionsLeft--;
            _ready.Add(Running);
            GiveTurn(Next());
        }
    }

    /// <summary>Draws the next operation, or lets time pass.</summary>
    /// <returns>Null after the end.</returns>
    private Operation? Next()
    {
        while (_ready.Count == 0 || (Time.HasTimers && _random.NextDouble() < ChanceOfTime))
        {
            if (!Time.HasTimers)
            {
                Fail("Everything that is left waits for ever.");
                return null;
            }

            Time.Advance();
        }

        var index = _random.Next(_ready.Count);
        var next = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        _fingerprint = HashCode.Combine(_fingerprint, index, _ready.Count, _steps);
        return next;
    }

    /// <summary>Lets another operation run until it gives the turn back.</summary>
    private void GiveTurn(Operation? next)
    {
        var worker = Worker.Current!;
        if (next == worker.Operation)
        {
            return;
        }

        if (next is not null)
        {
            _interrupted.Add(worker);
            if (next.Worker is null)
            {
                _workers.Rent().Begin(this, next);
            }
            else
            {
                next.Worker.Resume();
            }

            worker.WaitForTurn();
        }

        ThrowIfFailed();
        _interrupted.Remove(worker);
    }

    private void Fail(string reason) =>
        _failure ??= new Failure(_seed, reason, [.. _lastSteps.Select(last => $"{last.Name ?? "scenario"} {last.Step}")]);

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new ScheduleEndedException();
        }
    }

    private void Note(string step)
    {
        if (_lastSteps.Count == ShownSteps)
        {
            _lastSteps.Dequeue();
        }

        _lastSteps.Enqueue((_name.Value, step));
    }
}
