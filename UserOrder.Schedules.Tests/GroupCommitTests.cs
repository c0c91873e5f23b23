using UserOrder.Messaging.Database;
using UserOrder.Schedules.Tests.Scheduling;

namespace UserOrder.Schedules.Tests;

/// <summary>Each item of a group commit gets its own result once, no two writes overlap, and no caller waits for ever.</summary>
public sealed class GroupCommitTests
{
    private const int MaxBatch = 2;
    private const int Faulty = 3;

    [Fact]
    public void Concurrent_writers_get_their_own_results_and_no_two_writes_overlap() => Exploration.Holds(WriteConcurrentlyAsync);

    [Fact]
    public void A_missing_lock_is_found() => Exploration.Finds(Defects.NoLocks, WriteConcurrentlyAsync, "waits for ever", "Assert.Equal");

    /// <summary>Five clients: one may cancel, and the item of one fails every batch with others in it.</summary>
    private static async Task WriteConcurrentlyAsync(Scheduler scheduler)
    {
        var writes = 0;
        var written = new List<int>();
        using var cancelled = new CancellationTokenSource();
        var commit = new GroupCommit<int, int>(
            "INSERT",
            async (items, _) =>
            {
                Assert.InRange(items.Count, 1, MaxBatch);
                Assert.Equal(1, ++writes);
                await scheduler.PauseAsync();
                writes--;
                if (items.Count > 1 && items.Contains(Faulty))
                {
                    throw new InvalidOperationException("One item rolls the batch back.");
                }

                written.AddRange(items);
                return [.. items.Select(item => item * 10)];
            },
            MaxBatch);
        var withdrawn = new List<int>();
        var clients = Enumerable.Range(1, 5).Select(item => scheduler.Spawn($"client {item}", async () =>
        {
            await scheduler.PauseAsync();
            try
            {
                Assert.Equal(item * 10, await commit.WriteAsync(item, item == 1 ? cancelled.Token : CancellationToken.None));
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(1, item);
                withdrawn.Add(item);
            }
        })).ToList();
        await scheduler.PauseAsync();
        cancelled.Cancel();
        await Task.WhenAll(clients);
        await commit.DisposeAsync();

        Assert.Equal(Enumerable.Range(1, 5), written.Concat(withdrawn).Order());
    }

    [Fact]
    public void A_disposal_writes_what_it_has_accepted_and_refuses_the_rest() => Exploration.Holds(async scheduler =>
    {
        var (written, accepted, refused) = (new List<int>(), 0, 0);
        var commit = new GroupCommit<int, int>(
            "INSERT",
            async (items, _) =>
            {
                await scheduler.PauseAsync();
                written.AddRange(items);
                return items;
            },
            MaxBatch);
        var clients = Enumerable.Range(1, 4).Select(item => scheduler.Spawn($"client {item}", async () =>
        {
            await scheduler.PauseAsync();
            try
            {
                await commit.WriteAsync(item, CancellationToken.None);
                accepted++;
            }
            catch (ObjectDisposedException)
            {
                refused++;
            }
        })).ToList();
        await scheduler.PauseAsync();
        await commit.DisposeAsync();
        var writtenAtDisposal = written.Count;
        await Task.WhenAll(clients);

        Assert.Equal(4, accepted + refused);
        Assert.Equal(accepted, writtenAtDisposal);
        Assert.Equal(accepted, written.Count);
    });
}
