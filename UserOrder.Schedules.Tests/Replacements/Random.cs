using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Messaging.Resilience;

/// <summary>Random numbers that the seed of the schedule decides.</summary>
internal static class Random
{
    public static System.Random Shared => Scheduler.Current!.Random;
}
