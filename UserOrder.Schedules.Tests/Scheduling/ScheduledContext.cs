namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>Makes an operation of each continuation of an await.</summary>
internal sealed class ScheduledContext(Scheduler scheduler) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => scheduler.Start(() => d(state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("No part of the product sends.");

    public override SynchronizationContext CreateCopy() => this;
}
