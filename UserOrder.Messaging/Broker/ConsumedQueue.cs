using UserOrder.Messaging.Pausing;
using UserOrder.Messaging.Resilience;

namespace UserOrder.Messaging.Broker;

/// <summary>A queue as this replica sees it: how many messages wait, and for how long it has settled none of them.</summary>
/// <remarks>
/// A settled message took effect, was a duplicate, became a dead letter, or waits for that at the end of its queue.
/// </remarks>
internal sealed class ConsumedQueue(SubscribedQueue source, PauseSwitch pause, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Progress _progress = new(() => pause.IsPaused, time);
    private readonly TaskCompletionSource _declared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _held;
    private long _ready;
    private bool _hasMovedSinceCount;
    private volatile QueueCount? _latestCount;

    public string Name => source.Name;

    /// <summary>Whether events with the same ordering key take effect in the order in which they arrive.</summary>
    public bool IsOrdered => source.IsOrdered;

    /// <summary>Whether an operator has paused the consumer.</summary>
    public PauseSwitch Pause => pause;

    /// <summary>Completes when the consumer has declared the queue and its dead letters for the first time.</summary>
    public Task Declared => _declared.Task;

    /// <summary>The messages that this replica holds, and those in the queue at the last count.</summary>
    public long Waiting
    {
        get
        {
            lock (_lock)
            {
                return _held + _ready;
            }
        }
    }

    /// <summary>The messages that the broker has delivered to this replica and that it has not acknowledged.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>What the broker last answered; null before its first answer.</summary>
    public QueueCount? LatestCount => _latestCount;

    /// <summary>How long messages have waited while this replica settled none; zero while none waits, and during a pause.</summary>
    public TimeSpan Stalled => _progress.Stalled;

    public void SetDeclared() => _declared.TrySetResult();

    /// <summary>The broker delivered a message.</summary>
    public void Deliver() => Move(heldBy: 1, readyBy: -1, settled: 0);

    /// <summary>This replica acknowledged messages.</summary>
    public void Settle(int count) => Move(heldBy: -count, readyBy: 0, count);

    /// <summary>The channel has ended, so the broker has taken messages back. They still wait.</summary>
    public void Return(int count) => Move(heldBy: -count, readyBy: count, settled: 0);

    /// <summary>The broker counted the queue's messages and consumers.</summary>
    public void Count(QueueCount count)
    {
        _latestCount = count;
        lock (_lock)
        {
            // The count may include messages that were delivered and settled before it arrived.
            _ready = _hasMovedSinceCount ? 0 : count.Ready;
            _hasMovedSinceCount = false;
            Record(hasMoved: false);
        }
    }

    private void Move(int heldBy, int readyBy, int settled)
    {
        lock (_lock)
        {
            // Late deliveries of an ended channel must not make the numbers negative.
            _held = Math.Max(0, _held + heldBy);
            _ready = Math.Max(0, _ready + readyBy);
            _hasMovedSinceCount |= settled > 0;
            Record(settled > 0);
        }
    }

    /// <remarks>The messages of an ordered queue move in the one replica that consumes it. The others only stand by.</remarks>
    private void Record(bool hasMoved) => _progress.Record(_held + (source.IsOrdered ? 0 : _ready) > 0, hasMoved);
}
