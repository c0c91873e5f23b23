namespace UserOrder.Messaging.Resilience;

/// <summary>Measures how long work has waited while none of it was done. It is safe for concurrent use.</summary>
/// <param name="isPaused">Whether an operator has paused the work, which then does not count as waiting.</param>
/// <param name="time">The clock.</param>
internal sealed class Progress(Func<bool> isPaused, TimeProvider time)
{
    private readonly Lock _lock = new();
    private bool _isWaiting;
    private long _movedAt;

    /// <summary>The time since work was last done, or began to wait; zero while none waits, and during a pause.</summary>
    public TimeSpan Stalled
    {
        get
        {
            lock (_lock)
            {
                return _isWaiting && !isPaused() ? time.GetElapsedTime(_movedAt) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Records the state of the work.</summary>
    /// <param name="isWaiting">Whether work waits now.</param>
    /// <param name="hasMoved">Whether some was done since the last call.</param>
    public void Record(bool isWaiting, bool hasMoved)
    {
        lock (_lock)
        {
            if (hasMoved || !_isWaiting)
            {
                _movedAt = time.GetTimestamp();
            }

            _isWaiting = isWaiting && !isPaused();
        }
    }
}
