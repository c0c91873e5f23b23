namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>Code that runs from one await to the next, on one thread.</summary>
/// <param name="start">The code.</param>
internal sealed class Operation(Action start)
{
    public Action Start => start;

    /// <summary>The worker whose thread the operation holds; null before it has started.</summary>
    public Worker? Worker { get; set; }
}
