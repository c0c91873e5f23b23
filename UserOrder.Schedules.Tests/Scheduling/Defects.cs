namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>What is broken on purpose. A test that finds the defect shows that the scheduler reaches the schedules that matter.</summary>
[Flags]
internal enum Defects
{
    /// <summary>Nothing is broken.</summary>
    None = 0,

    /// <summary>No lock excludes anything, as if each <c>lock</c> statement were missing.</summary>
    NoLocks = 1,

    /// <summary>Atomic operations consist of a read and a write, as <c>x += 1</c> does.</summary>
    NoAtomicity = 2,

    /// <summary>A channel forgets what is written while no reader waits, as a signal without a memory does.</summary>
    LostSignals = 4,
}
