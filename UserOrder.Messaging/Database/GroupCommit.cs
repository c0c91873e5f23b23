using System.Threading.Channels;
using UserOrder.Messaging.Resilience;
using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Database;

/// <summary>
/// Batches writes, so that requests that arrive together share one round trip and one commit. The first request starts a batch at once.
/// Requests that arrive meanwhile form the next batch, so no request waits for a batch to fill.
/// </summary>
/// <typeparam name="TItem">The data that one request writes.</typeparam>
/// <typeparam name="TResult">The result of one request, for instance whether its row was new.</typeparam>
public sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private readonly string _name;
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> _write;
    private readonly int _maxBatch;
    private readonly Channel<Pending> _queue = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _worker;

    /// <summary>Starts the writer.</summary>
    /// <param name="name">The operation and its table, such as <c>INSERT users</c>: each request's trace shows a span of this name.</param>
    /// <param name="write">
    /// Writes and commits a batch and returns one result for each item, in their order. One item's conflict is a result, not an exception.
    /// </param>
    /// <param name="maxBatch">The most items in one batch.</param>
    public GroupCommit(string name, Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> write, int maxBatch = 500)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatch, 1);
        _name = name;
        _write = write;
        _maxBatch = maxBatch;

        // The worker must not inherit the trace of the request that creates it.
        using (ExecutionContext.SuppressFlow())
        {
            _worker = Task.Run(WorkAsync);
        }
    }

    /// <summary>Writes one item together with all others that wait, and returns after the commit.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Withdraws the item while it waits. It has no effect once the batch has begun.</param>
    /// <exception cref="ObjectDisposedException">The writer has been disposed.</exception>
    /// <remarks>Rethrows an exception of <c>write</c>. After an outage, the commit may or may not have taken place.</remarks>
    public async Task<TResult> WriteAsync(TItem item, CancellationToken cancellationToken)
    {
        using var activity = MessagingSpans.StartWrite(_name);
        var pending = new Pending(item, cancellationToken);
        ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(pending), this);
        try
        {
            return await pending.Completion.Task;
        }
        catch (Exception exception) when (MessagingSpans.Fail(activity, exception))
        {
            throw;
        }
    }

    /// <summary>Writes the items that wait, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _worker;
    }

    private async Task WorkAsync()
    {
        var batch = new List<Pending>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < _maxBatch && _queue.Reader.TryRead(out var pending))
            {
                if (!pending.TryCancel())
                {
                    batch.Add(pending);
                }
            }

            if (batch.Count > 0)
            {
                await WriteBatchAsync(batch);
            }
        }
    }

    private async Task WriteBatchAsync(IReadOnlyList<Pending> batch)
    {
        try
        {
            FailPoint.Reach(FailPoint.RequestReceived);
            var results = await _write([.. batch.Select(pending => pending.Item)], CancellationToken.None);
            FailPoint.Reach(FailPoint.RequestCommitted);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Completion.TrySetResult(results[i]);
            }
        }
        catch (Exception exception) when (batch.Count > 1 && !DatabaseFault.IsOutage(exception))
        {
            // One faulty item has rolled back the whole batch, so each item gets a transaction of its own.
            foreach (var pending in batch)
            {
                await WriteBatchAsync([pending]);
            }
        }
        catch (Exception exception)
        {
            foreach (var pending in batch)
            {
                pending.Completion.TrySetException(exception);
            }
        }
    }

    private sealed class Pending(TItem item, CancellationToken cancellationToken)
    {
        public TItem Item => item;

        public TaskCompletionSource<TResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryCancel() => cancellationToken.IsCancellationRequested && Completion.TrySetCanceled(cancellationToken);
    }
}
