using UserOrder.Schedules.Tests.Scheduling;

namespace System.Threading;

/// <summary>A lock at which the scheduler may interrupt. The compiler knows the type by its name.</summary>
internal sealed class Lock
{
    private readonly List<Operation> _waiting = [];
    private Operation? _owner;
    private int _depth;

    public Scope EnterScope()
    {
        Enter();
        return new Scope(this);
    }

    private void Enter()
    {
        Scheduler.Reach("enters a lock");
        if (Scheduler.Current is not { } scheduler || scheduler.Has(Defects.NoLocks))
        {
            return;
        }

        while (_owner is not null && _owner != Scheduler.Running)
        {
            scheduler.Block(_waiting);
        }

        _owner = Scheduler.Running;
        _depth++;
    }

    private void Exit()
    {
        if (Scheduler.Current is { } scheduler && !scheduler.Has(Defects.NoLocks) && --_depth == 0)
        {
            _owner = null;
            scheduler.Unblock(_waiting);
        }

        Scheduler.Reach("has left a lock");
    }

    public readonly ref struct Scope(Lock entered)
    {
        public void Dispose() => entered.Exit();
    }
}
