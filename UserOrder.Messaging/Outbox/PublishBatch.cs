namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Messages that were published one after the other on one channel, and what the broker has said of them so far. Confirms arrive on the
/// connection's reader while the batch is still being written.
/// </summary>
/// <remarks>
/// The client can track each message by itself, at the price of a task, a header and, for each confirm that covers several messages, a
/// copy of all that is in flight. Here a confirm costs what it confirms.
/// </remarks>
internal sealed class PublishBatch(IReadOnlyList<OutboxMessage> messages, ulong firstTag)
{
    private readonly Lock _lock = new();
    private readonly PublishOutcome[] _outcomes = new PublishOutcome[messages.Count];
    private readonly bool[] _isReturned = new bool[messages.Count];
    private readonly TaskCompletionSource<PublishOutcome[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _settledBefore;
    private int _unsettled = messages.Count;

    /// <summary>Completes with one outcome for each message, in their order.</summary>
    public Task<PublishOutcome[]> Outcomes => _completion.Task;

    /// <summary>The broker has taken (ack) or refused (nack) the message with this delivery tag, or all up to it.</summary>
    public void Settle(ulong tag, bool multiple, PublishOutcome outcome)
    {
        if (tag < firstTag)
        {
            return;
        }

        lock (_lock)
        {
            var last = (int)Math.Min(tag - firstTag, (ulong)_outcomes.Length - 1);
            for (var i = multiple ? _settledBefore : last; i <= last; i++)
            {
                if (_outcomes[i] == PublishOutcome.Unknown)
                {
                    _outcomes[i] = _isReturned[i] ? PublishOutcome.Returned : outcome;
                    _unsettled--;
                }
            }

            if (multiple)
            {
                _settledBefore = Math.Max(_settledBefore, last + 1);
            }

            if (_unsettled == 0)
            {
                _completion.TrySetResult(_outcomes);
            }
        }
    }

    /// <summary>No queue took the message. The broker says so before it confirms it.</summary>
    public void Return(string? messageId)
    {
        lock (_lock)
        {
            for (var i = 0; i < _isReturned.Length; i++)
            {
                _isReturned[i] |= messages[i].Id.ToString() == messageId;
            }
        }
    }

    /// <summary>No more confirms will come: what has none keeps the outcome <see cref="PublishOutcome.Unknown"/>.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _completion.TrySetResult([.. _outcomes]);
        }
    }
}
