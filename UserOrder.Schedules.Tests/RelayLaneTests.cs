using Microsoft.Extensions.Logging.Abstractions;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Resilience;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Schedules.Tests;

/// <summary>
/// After the last signal a lane claims what has been committed, however the lanes, their pace and the writers interleave. The relay's poll,
/// which would hide a lost wake-up for 5 s, is switched off.
/// </summary>
public sealed class RelayLaneTests
{
    private const int Writers = 3;
    private const int EventsOfWriter = 3;
    private const int BatchSize = 2;

    [Fact]
    public void Two_lanes_publish_every_event_once_without_a_poll() => Exploration.Holds(RelayAsync);

    [Fact]
    public void A_lost_wake_up_is_found() => Exploration.Finds(Defects.LostSignals, RelayAsync, "waits for ever");

    private static async Task RelayAsync(Scheduler scheduler)
    {
        var published = new List<Guid>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (signal, table) = (new OutboxSignal(), new List<OutboxMessage>());
        var (pace, backoff) = (new Pace(TimeSpan.FromMilliseconds(25), scheduler.Time), new Backoff(scheduler.Time));
        var publisher = new ConfirmingPublisher(message =>
        {
            published.Add(message.Id);
            if (published.Count == Writers * EventsOfWriter)
            {
                all.SetResult();
            }
        });
        using var ending = new CancellationTokenSource();
        var lanes = Enumerable.Range(1, 2).Select(number => scheduler.Spawn($"lane {number}", async () =>
        {
            await using var lane = new RelayLane(
                publisher,
                () => Task.FromResult(publisher),
                new RelayProblems(),
                new OutboxBacklog(),
                new SignalledTable(signal, table),
                new Circuit(),
                backoff,
                pace,
                BatchSize,
                maxEventsPerMessage: 1,
                NullLogger<OutboxRelay>.Instance);
            try
            {
                await lane.RunAsync(ending.Token);
            }
            catch (OperationCanceledException)
            {
            }
        })).ToList();
        var writers = Enumerable.Range(1, Writers).Select(number => scheduler.Spawn($"writer {number}", async () =>
        {
            for (var i = 0; i < EventsOfWriter; i++)
            {
                await scheduler.PauseAsync();
                table.Add(new OutboxMessage(Guid.CreateVersion7(), "thing", [], null, null));
                Scheduler.Reach("has committed an event");
                signal.Set();
            }
        })).ToList();

        await Task.WhenAll(writers);
        await all.Task;
        ending.Cancel();
        await Task.WhenAll(lanes);

        Assert.Equal(published.Count, published.Distinct().Count());
        Assert.Empty(table);
    }

    /// <summary>The outbox as <c>OutboxTable</c> reads it: each event is claimed once, and after a full batch there may be more.</summary>
    private sealed class SignalledTable(OutboxSignal signal, List<OutboxMessage> table) : IRelaySource
    {
        public Task WaitAsync(CancellationToken cancellationToken) => signal.WaitAsync(cancellationToken);

        public async Task<IRelayClaim?> ClaimAsync(int limit, CancellationToken cancellationToken)
        {
            await Task.Yield();
            var rows = table.Take(limit).Select(message => new OutboxRow(message, Attempts: 0, HasStandby: false)).ToList();
            table.RemoveRange(0, rows.Count);
            if (rows.Count == limit)
            {
                signal.Set();
            }

            return rows.Count == 0 ? null : new Claim(rows);
        }

        private sealed class Claim(IReadOnlyList<OutboxRow> rows) : IRelayClaim
        {
            public IReadOnlyList<OutboxRow> Rows => rows;

            public async Task SettleAsync(IReadOnlyList<OutboxRow> confirmed, IReadOnlyList<OutboxRow> kept)
            {
                Assert.Empty(kept);
                await Task.Yield();
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
