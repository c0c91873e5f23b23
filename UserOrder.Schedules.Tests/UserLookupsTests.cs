using System.Diagnostics.Metrics;
using UserOrder.OrderApi.KnownUsers;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Schedules.Tests;

/// <summary>Concurrent look-ups log each change of UserApi once: what is logged alternates, and ends with the last state.</summary>
public sealed class UserLookupsTests
{
    [Fact]
    public void Each_change_is_logged_once() => Exploration.Holds(LookUpAsync);

    [Fact]
    public void A_missing_lock_is_found() => Exploration.Finds(Defects.NoLocks, LookUpAsync, "logged");

    private static async Task LookUpAsync(Scheduler scheduler)
    {
        using var meters = new Meters();
        var log = new RecordedLog();
        var lookups = new UserLookups(meters, log);
        var callers = Enumerable.Range(1, 3).Select(number => scheduler.Spawn($"caller {number}", async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await scheduler.PauseAsync();
                lookups.Record(scheduler.Random.Next(2) == 0 ? UserLookup.Found : UserLookup.Unavailable, "silence");
            }
        })).ToList();
        await Task.WhenAll(callers);

        var changes = log.Entries;
        var isAlternating = changes.Zip(changes.Skip(1)).All(pair => pair.First != pair.Second);
        Assert.True(isAlternating, $"A change is logged twice: {string.Join(", ", changes)}");
        Assert.True(changes.Count == 0 || changes[0] == LogLevel.Warning, "The first change is logged as a recovery.");
    }

    private sealed class RecordedLog : ILogger<UserLookups>
    {
        public List<LogLevel> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Scheduler.Reach("logs");
            Entries.Add(logLevel);
        }
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
