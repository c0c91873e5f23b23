using System.Diagnostics.CodeAnalysis;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Messaging.Database;

/// <summary>A queue at which the scheduler may interrupt, so that a missing lock around it shows.</summary>
internal sealed class Queue<T>
{
    private readonly System.Collections.Generic.Queue<T> _queue = new();

    public int Count => _queue.Count;

    public void Enqueue(T item)
    {
        Scheduler.Reach("adds to a queue");
        _queue.Enqueue(item);
    }

    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        Scheduler.Reach("takes from a queue");
        return _queue.TryDequeue(out item);
    }
}
