namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>A schedule that breaks a promise.</summary>
/// <param name="Seed">The seed that repeats the schedule.</param>
/// <param name="Reason">The broken promise.</param>
/// <param name="Steps">The last steps before it, each with the operation that took it.</param>
internal sealed record Failure(int Seed, string Reason, IReadOnlyList<string> Steps)
{
    public override string ToString() => string.Join(
        '\n', [Reason, $"{Exploration.SeedVariable}={Seed} repeats the schedule. Its last steps:", .. Steps.Select(step => $"  {step}")]);
}
