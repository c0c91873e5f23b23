using System.Data.Common;
using System.Diagnostics;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Tests;

public sealed class GroupCommitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_write_starts_at_once_and_writes_during_it_share_the_next_batch()
    {
        var batches = new List<int[]>();
        var firstStarted = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>("INSERT", async (items, _) =>
        {
            batches.Add([.. items]);
            firstStarted.TrySetResult();
            await mayEnd.Task;
            return [.. items.Select(item => item * 10)];
        });

        var first = commit.WriteAsync(1, Cancelled);
        await firstStarted.Task.WaitAsync(Cancelled);
        var others = Enumerable.Range(2, 4).Select(item => commit.WriteAsync(item, Cancelled)).ToList();
        mayEnd.SetResult();

        Assert.Equal(10, await first);
        Assert.Equal<int>([20, 30, 40, 50], (await Task.WhenAll(others)).AsEnumerable());
        Assert.Equal([[1], [2, 3, 4, 5]], batches);
    }

    [Fact]
    public async Task The_first_write_runs_on_the_thread_and_in_the_trace_of_its_caller_and_the_next_batch_in_no_trace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MessagingTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        var writes = new List<(int Thread, string? Span)>();
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var commit = new GroupCommit<int, int>("INSERT things", async (items, _) =>
        {
            writes.Add((Environment.CurrentManagedThreadId, Activity.Current?.OperationName));
            await mayEnd.Task;
            return items;
        });

        var thread = Environment.CurrentManagedThreadId;
        var first = commit.WriteAsync(1, Cancelled);
        Assert.Equal([(thread, "INSERT things")], writes);
        var second = commit.WriteAsync(2, Cancelled);
        mayEnd.SetResult();
        await Task.WhenAll(first, second);

        Assert.Null(Assert.Single(writes.Skip(1)).Span);
    }

    [Fact]
    public async Task A_continuation_that_blocks_does_not_delay_the_others_of_its_batch()
    {
        var started = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>("INSERT", async (items, _) =>
        {
            started.TrySetResult();
            await mayEnd.Task;
            return items;
        });
        using var mayGoOn = new ManualResetEventSlim();

        var first = commit.WriteAsync(1, Cancelled);
        await started.Task.WaitAsync(Cancelled);
        var blocked = commit.WriteAsync(2, Cancelled).ContinueWith(
            _ => mayGoOn.Wait(Cancelled), Cancelled, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var third = commit.WriteAsync(3, Cancelled);
        mayEnd.SetResult();

        Assert.Equal<int>([1, 3], (await Task.WhenAll(first, third)).AsEnumerable());
        Assert.Equal(4, await commit.WriteAsync(4, Cancelled));
        Assert.False(blocked.IsCompleted);
        mayGoOn.Set();
        await blocked;
    }

    [Fact]
    public async Task A_batch_never_exceeds_the_maximum_size()
    {
        var sizes = new List<int>();
        var mayStart = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>(
            "INSERT",
            async (items, _) =>
            {
                await mayStart.Task;
                sizes.Add(items.Count);
                return items;
            },
            maxBatch: 3);

        var all = Enumerable.Range(0, 10).Select(item => commit.WriteAsync(item, Cancelled)).ToList();
        mayStart.SetResult();

        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(all));
        Assert.Equal(10, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 1, 3));
    }

    [Fact]
    public async Task A_failing_item_does_not_fail_the_rest_of_its_batch()
    {
        var mayStart = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>("INSERT", async (items, _) =>
        {
            await mayStart.Task;
            return items.Contains(3) ? throw new InvalidOperationException("three") : items;
        });

        var all = Enumerable.Range(1, 5).Select(item => commit.WriteAsync(item, Cancelled)).ToList();
        mayStart.SetResult();

        Assert.Equal("three", (await Assert.ThrowsAsync<InvalidOperationException>(() => all[2])).Message);
        Assert.Equal<int>([1, 2, 4, 5], (await Task.WhenAll(all.Where((_, i) => i != 2))).AsEnumerable());
    }

    [Fact]
    public async Task An_outage_fails_the_batch_without_retrying_its_items_alone()
    {
        var calls = 0;
        var mayStart = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>("INSERT", async (_, _) =>
        {
            Interlocked.Increment(ref calls);
            await mayStart.Task;
            throw new Outage();
        });

        var all = Enumerable.Range(1, 5).Select(item => commit.WriteAsync(item, Cancelled)).ToList();
        mayStart.SetResult();

        foreach (var write in all)
        {
            await Assert.ThrowsAsync<Outage>(() => write);
        }

        // The first item may run alone; the rest share one batch.
        Assert.InRange(calls, 1, 2);
    }

    [Fact]
    public async Task An_item_without_a_result_fails_and_the_next_item_is_written()
    {
        var isForgetful = true;
        await using var commit = new GroupCommit<int, int>("INSERT", async (items, _) =>
        {
            await Task.Yield();
            return isForgetful ? [] : items;
        });

        await Assert.ThrowsAnyAsync<ArgumentException>(() => commit.WriteAsync(1, Cancelled));
        isForgetful = false;

        Assert.Equal(2, await commit.WriteAsync(2, Cancelled));
    }

    [Fact]
    public async Task An_item_cancelled_while_queued_is_not_written()
    {
        var written = new List<int>();
        var firstStarted = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>("INSERT", async (items, _) =>
        {
            written.AddRange(items);
            firstStarted.TrySetResult();
            await mayEnd.Task;
            return items;
        });
        using var cancel = new CancellationTokenSource();

        var first = commit.WriteAsync(1, Cancelled);
        await firstStarted.Task.WaitAsync(Cancelled);
        var taken = commit.WriteAsync(2, cancel.Token);
        var last = commit.WriteAsync(3, Cancelled);
        await cancel.CancelAsync();
        mayEnd.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken);
        Assert.Equal<int>([1, 3], (await Task.WhenAll(first, last)).AsEnumerable());
        Assert.Equal([1, 3], written);
    }

    [Fact]
    public async Task Without_an_item_there_is_no_batch()
    {
        var sizes = new List<int>();
        var started = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        var commit = new GroupCommit<int, int>("INSERT", async (items, _) =>
        {
            sizes.Add(items.Count);
            started.TrySetResult();
            await mayEnd.Task;
            return items;
        });
        using var cancel = new CancellationTokenSource();

        var first = commit.WriteAsync(1, Cancelled);
        await started.Task.WaitAsync(Cancelled);
        var withdrawn = commit.WriteAsync(2, cancel.Token);
        await cancel.CancelAsync();
        mayEnd.SetResult();

        Assert.Equal(1, await first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        await commit.DisposeAsync();
        Assert.Equal([1], sizes);
    }

    [Fact]
    public async Task An_item_cancelled_during_its_batch_is_written()
    {
        var started = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>("INSERT", async (items, cancelled) =>
        {
            started.SetResult();
            await mayEnd.Task.WaitAsync(cancelled);
            return items;
        });
        using var cancel = new CancellationTokenSource();

        var write = commit.WriteAsync(1, cancel.Token);
        await started.Task.WaitAsync(Cancelled);
        await cancel.CancelAsync();
        mayEnd.SetResult();

        Assert.Equal(1, await write);
    }

    [Fact]
    public void A_batch_holds_at_least_one_item() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new GroupCommit<int, int>("INSERT", (items, _) => Task.FromResult(items), maxBatch: 0));

    [Fact]
    public async Task Disposal_writes_queued_items_and_refuses_later_ones()
    {
        var mayEnd = new TaskCompletionSource();
        var commit = new GroupCommit<int, int>("INSERT", async (items, _) =>
        {
            await mayEnd.Task;
            return items;
        });

        var waiting = commit.WriteAsync(1, Cancelled);
        var disposal = commit.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        mayEnd.SetResult();
        await disposal;

        Assert.Equal(1, await waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => commit.WriteAsync(2, Cancelled));
    }

    private sealed class Outage() : DbException("The database is gone.")
    {
        public override bool IsTransient => true;
    }
}
