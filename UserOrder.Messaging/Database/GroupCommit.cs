using UserOrder.Messaging.Telemetry;

namespace UserOrder.Messaging.Database;

/// <summary>
/// Batches writes, so that requests that arrive together share one round trip and one commit. A request that finds no write under way
/// writes at once, without a change of thread. Requests that arrive meanwhile form the next batch, so no request waits for a batch to fill.
/// </summary>
/// <typeparam name="TItem">The data that one request writes.</typeparam>
/// <typeparam name="TResult">The result of one request, for instance whether its row was new.</typeparam>
public sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private readonly string _name;
    private readonly Func<IReadOnlyList<TItem>, CancellationToken, Task<IReadOnlyList<TResult>>> _write;
    private readonly int _maxBatch;
    private readonly Lock _lock = new();
    private readonly Queue<Pending> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isWriting;
    private bool _isDisposed;

    /// <summary>Creates a batcher.</summary>
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
    }

    /// <summary>Writes one item, together with all others that wait, and returns after the commit.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Withdraws the item while it waits. It has no effect once the batch has begun.</param>
    /// <exception cref="ObjectDisposedException">The writer has been disposed.</exception>
    /// <remarks>Rethrows an exception of <c>write</c>. After an outage, the commit may or may not have taken place.</remarks>
    public async Task<TResult> WriteAsync(TItem item, CancellationToken cancellationToken)
    {
        using var activity = MessagingSpans.StartWrite(_name);
        try
        {
            return await (EnqueueDuringWrite(item, cancellationToken)?.Completion.Task ?? WriteAtOnceAsync(item));
        }
        catch (Exception exception) when (MessagingSpans.Fail(activity, exception))
        {
            throw;
        }
    }

    /// <summary>Writes the items that wait, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
            EndIfDisposed();
        }

        await _ended.Task;
    }

    /// <summary>Lets an item wait for the write that is under way.</summary>
    /// <returns>The waiting item; null if no write is under way, in which case the caller's begins.</returns>
    private Pending? EnqueueDuringWrite(TItem item, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_isWriting)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _isWriting = true;
                return null;
            }

            var pending = new Pending(item, cancellationToken);
            _waiting.Enqueue(pending);
            return pending;
        }
    }

    private async Task<TResult> WriteAtOnceAsync(TItem item)
    {
        try
        {
            return (await _write([item], CancellationToken.None))[0];
        }
        finally
        {
            if (TakeWaiting() is { } batch)
            {
                // The batches of other requests must not inherit the trace of this one, nor delay its answer.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static next => _ = next.Writer.WriteWaitingAsync(next.Batch), (Writer: this, Batch: batch), preferLocal: false);
            }
        }
    }

    private async Task WriteWaitingAsync(List<Pending> first)
    {
        for (var batch = first; batch is not null; batch = TakeWaiting())
        {
            await WriteBatchAsync(batch);
        }
    }

    /// <summary>Takes the items that wait and have not been withdrawn.</summary>
    /// <returns>The next batch; null if no item waits, in which case no write is under way any more.</returns>
    private List<Pending>? TakeWaiting()
    {
        lock (_lock)
        {
            var batch = new List<Pending>(Math.Min(_waiting.Count, _maxBatch));
            while (batch.Count < _maxBatch && _waiting.TryDequeue(out var pending))
            {
                if (!pending.TryCancel())
                {
                    batch.Add(pending);
                }
            }

            if (batch.Count > 0)
            {
                return batch;
            }

            _isWriting = false;
            EndIfDisposed();
            return null;
        }
    }

    private void EndIfDisposed()
    {
        if (_isDisposed && !_isWriting)
        {
            _ended.TrySetResult();
        }
    }

    private async Task WriteBatchAsync(IReadOnlyList<Pending> batch)
    {
        try
        {
            var results = await _write([.. batch.Select(pending => pending.Item)], CancellationToken.None);
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
