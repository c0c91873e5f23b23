using System.Collections.Concurrent;

namespace UserOrder.Messaging.DeadLetters;

/// <summary>
/// Lets one operation at a time of this process work on the dead letters of a queue. The others wait here, because in
/// <see cref="DeadLetterLock"/> each of them would hold a database connection that requests need.
/// </summary>
internal sealed class DeadLetterTurns(TimeProvider time)
{
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new();

    /// <summary>Waits for the turn, then runs the operation.</summary>
    /// <param name="queue">A queue of this service.</param>
    /// <param name="operation">The operation. Its argument is how long it may wait for other processes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DeadLettersBusyException">The turn did not come within <see cref="DeadLetterLock.Patience"/>.</exception>
    public async Task<T> RunAsync<T>(string queue, Func<TimeSpan, Task<T>> operation, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var turn = _turns.GetOrAdd(queue, _ => new SemaphoreSlim(1));
        if (!await turn.WaitAsync(DeadLetterLock.Patience, cancellationToken))
        {
            throw new DeadLettersBusyException(queue);
        }

        try
        {
            var left = DeadLetterLock.Patience - time.GetElapsedTime(started);
            return await operation(left > ShortestPatience ? left : ShortestPatience);
        }
        finally
        {
            turn.Release();
        }
    }
}
