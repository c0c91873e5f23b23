using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder;

/// <summary>Atomic operations at which the scheduler may interrupt: only one operation runs, so each is atomic by itself.</summary>
internal static class Interlocked
{
    public static long Read(ref long location)
    {
        Scheduler.Reach("reads atomically");
        return location;
    }

    public static long Add(ref long location, long value) => Set(ref location, Get(ref location) + value);

    public static int Add(ref int location, int value) => Set(ref location, Get(ref location) + value);

    public static int Increment(ref int location) => Add(ref location, 1);

    public static int Decrement(ref int location) => Add(ref location, -1);

    public static int Exchange(ref int location, int value)
    {
        var before = Get(ref location);
        Set(ref location, value);
        return before;
    }

    private static T Get<T>(ref T location)
    {
        Scheduler.Reach("changes atomically");
        var value = location;
        if (Scheduler.Current?.Has(Defects.NoAtomicity) == true)
        {
            Scheduler.Reach("has read what it changes");
        }

        return value;
    }

    private static T Set<T>(ref T location, T value)
    {
        location = value;
        return value;
    }
}
