using System.Globalization;

namespace UserOrder.Schedules.Tests.Scheduling;

/// <summary>
/// Runs a scenario under many schedules. <c>USERORDER_SCHEDULES</c> sets their number in each test, and <c>USERORDER_SCHEDULE_SEED</c>
/// repeats the one of a failed run.
/// </summary>
internal static class Exploration
{
    public const string SeedVariable = "USERORDER_SCHEDULE_SEED";

    private const string CountVariable = "USERORDER_SCHEDULES";
    private const int DefaultCount = 2000;

    // Fewer would not be an exploration: the scenario leaves too few choices.
    private const double LeastShareOfDifferent = 0.5;

    /// <summary>Asserts that a scenario keeps its promises under every schedule.</summary>
    public static void Holds(Func<Scheduler, Task> scenario)
    {
        var different = new HashSet<int>();
        var failure = Explore(scenario, Defects.None, different);

        Assert.True(failure is null, $"{failure}");
        var isExploration = Number(SeedVariable) is not null || different.Count > LeastShareOfDifferent * Count;
        Assert.True(isExploration, $"Only {different.Count} schedules differ.");
    }

    /// <summary>Asserts that a schedule shows a defect, and that its seed repeats it.</summary>
    /// <param name="defects">What is broken.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="reasons">Parts of the reasons that such a schedule may give.</param>
    public static void Finds(Defects defects, Func<Scheduler, Task> scenario, params string[] reasons)
    {
        var failure = Explore(scenario, defects, []);

        Assert.True(failure is not null, $"No schedule shows {defects}.");
        Assert.True(reasons.Any(reason => failure.Reason.Contains(reason, StringComparison.Ordinal)), $"{failure}");
        using var workers = new WorkerPool();
        using var again = new Scheduler(failure.Seed, defects, workers);
        Assert.Equal(failure.Steps, again.Run(scenario)?.Steps);
    }

    private static int Count => Number(CountVariable) ?? DefaultCount;

    private static Failure? Explore(Func<Scheduler, Task> scenario, Defects defects, HashSet<int> different)
    {
        using var workers = new WorkerPool();
        var (first, count) = Number(SeedVariable) is { } seed ? (seed, 1) : (Random.Shared.Next(), Count);
        for (var i = 0; i < count; i++)
        {
            using var scheduler = new Scheduler(unchecked(first + i), defects, workers);
            if (scheduler.Run(scenario) is { } failure)
            {
                return failure;
            }

            different.Add(scheduler.Fingerprint);
        }

        return null;
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
