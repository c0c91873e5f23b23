using System.Runtime.CompilerServices;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>
/// Streams the status once a second. All streams share each reading. A slow reader skips some, so nothing piles up, and without a stream
/// nothing is read.
/// </summary>
/// <param name="read">Reads the status.</param>
/// <param name="time">The clock of the streams.</param>
/// <param name="stopping">Ends all streams, so that a drain does not wait for them.</param>
internal sealed class StatusFeed(Func<OperatorStatus> read, TimeProvider time, CancellationToken stopping)
{
    /// <summary>The maximum number of concurrent streams.</summary>
    public const int MaxStreams = 20;

    /// <summary>A stream ends after this time. The next one is authorized again.</summary>
    public static readonly TimeSpan MaxLength = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task<OperatorStatus>? _next;
    private int _streams;

    /// <summary>Takes the place of a stream. Its disposal frees the place.</summary>
    /// <returns>Null if all places are taken.</returns>
    public IDisposable? TryOpen()
    {
        if (Interlocked.Increment(ref _streams) <= MaxStreams)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _streams);
        return null;
    }

    /// <summary>Reads now, then once a second, until the caller leaves, the service begins to stop, or the stream is old enough.</summary>
    public async IAsyncEnumerable<OperatorStatus> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var age = new CancellationTokenSource(MaxLength, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(age.Token, stopping, cancellationToken);
        for (var status = read(); status is not null; status = await NextAsync(end.Token))
        {
            yield return status;
        }
    }

    private async Task<OperatorStatus?> NextAsync(CancellationToken end)
    {
        Task<OperatorStatus> next;
        lock (_lock)
        {
            next = _next = _next is { IsCompleted: false } pending ? pending : ReadLaterAsync();
        }

        try
        {
            return await next.WaitAsync(end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<OperatorStatus> ReadLaterAsync()
    {
        await Task.Delay(Interval, time);
        return read();
    }

    private sealed class Place(StatusFeed feed) : IDisposable
    {
        private int _isFree;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFree, 1) == 0)
            {
                Interlocked.Decrement(ref feed._streams);
            }
        }
    }
}
