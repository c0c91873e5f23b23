using System.Collections.Concurrent;

namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>Keeps the threads for the next schedule: to start one costs more than to run a schedule.</summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly ConcurrentStack<Worker> _free = new();
    private volatile bool _isDisposed;

    public Worker Rent() => _free.TryPop(out var worker) ? worker : new Worker(this);

    public void Return(Worker worker)
    {
        if (_isDisposed)
        {
            worker.Dispose();
        }
        else
        {
            _free.Push(worker);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_free.TryPop(out var worker))
        {
            worker.Dispose();
        }
    }
}
