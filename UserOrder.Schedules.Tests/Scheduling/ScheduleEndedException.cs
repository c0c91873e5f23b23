namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>Frees the threads of a schedule that has failed.</summary>
internal sealed class ScheduleEndedException() : Exception("The schedule has failed.");
