using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder;

/// <summary>Reads and writes at which the scheduler may interrupt.</summary>
internal static class Volatile
{
    public static long Read(ref long location)
    {
        Scheduler.Reach("reads");
        return location;
    }

    public static void Write(ref long location, long value)
    {
        Scheduler.Reach("writes");
        location = value;
    }
}
