using Microsoft.Extensions.Options;
using UserOrder.Messaging;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Settings;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Schedules.Tests;

/// <summary>
/// The bytes of the events in memory return to zero. No event is handed over twice, and none is lost while the relay is connected.
/// </summary>
public sealed class HandOverTests
{
    private const int Events = 6;

    [Fact]
    public void Each_event_is_claimed_once_and_leaves_no_bytes() =>
        Exploration.Holds(scheduler => HandOverAsync(scheduler, isDisturbed: false));

    [Fact]
    public void A_lost_connection_and_slow_lanes_leave_no_bytes_and_repeat_no_event() =>
        Exploration.Holds(scheduler => HandOverAsync(scheduler, isDisturbed: true));

    [Fact]
    public void A_count_of_bytes_that_is_not_atomic_is_found() =>
        Exploration.Finds(Defects.NoAtomicity, scheduler => HandOverAsync(scheduler, isDisturbed: true), "byte");

    private static async Task HandOverAsync(Scheduler scheduler, bool isDisturbed)
    {
        var handOver = new HandOver(
            new NpgsqlDataSource(), scheduler.Time, Options.Create(new MessagingOptions { HandOverBytes = 1 }));
        handOver.Open();
        var (added, claimed) = (new List<Guid>(), new List<Guid>());
        var isEnding = false;
        var writers = Enumerable.Range(1, 2).Select(number => scheduler.Spawn($"writer {number}", async () =>
        {
            for (var i = 0; i < Events / 2; i++)
            {
                var started = scheduler.Time.GetTimestamp();
                await scheduler.PauseAsync();
                var message = new OutboxMessage(Guid.CreateVersion7(), "thing", new byte[3], null, null);
                added.Add(message.Id);
                handOver.Add(message, started);
            }
        })).ToList();
        var lanes = Enumerable.Range(1, 2).Select(number => scheduler.Spawn($"lane {number}", async () =>
        {
            while (await ClaimAsync() || !isEnding)
            {
                await Task.Yield();
            }
        })).ToList();
        if (isDisturbed)
        {
            await scheduler.PauseAsync();
            handOver.Close();
            await scheduler.PauseAsync();
            handOver.Open();

            // Some events then wait longer than five seconds, and are left to the outbox.
            await Task.Delay(TimeSpan.FromSeconds(6), scheduler.Time);
        }

        await Task.WhenAll(writers);
        isEnding = true;
        await Task.WhenAll(lanes);
        while (await ClaimAsync())
        {
        }

        Assert.Equal(claimed.Count, claimed.Distinct().Count());
        Assert.Empty(claimed.Except(added));
        Assert.True(isDisturbed || claimed.Count == Events, "An event is lost.");
        Assert.True(handOver.HasRoom, "There is room for no byte, although no event is left.");
        handOver.Add(new OutboxMessage(Guid.CreateVersion7(), "thing", new byte[1], null, null), scheduler.Time.GetTimestamp());
        Assert.False(handOver.HasRoom, "There are fewer than zero bytes.");

        async Task<bool> ClaimAsync()
        {
            await using var claim = await handOver.ClaimAsync(limit: 2, CancellationToken.None);
            claimed.AddRange(claim?.Rows.Select(row => row.Message.Id) ?? []);
            await (claim?.SettleAsync(claim.Rows, []) ?? Task.CompletedTask);
            return claim is not null;
        }
    }
}
