using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder;

/// <summary>A thread pool whose work items are operations of the scheduler.</summary>
internal static class ThreadPool
{
    public static bool UnsafeQueueUserWorkItem<TState>(Action<TState> callBack, TState state, bool preferLocal)
    {
        Scheduler.Reach(preferLocal ? "queues work here" : "queues work");
        Scheduler.Current!.Start(() => callBack(state));
        return true;
    }
}
