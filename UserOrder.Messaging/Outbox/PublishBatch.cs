namespace UserOrder.Messaging.Outbox;

/// <summary>
/// Tracks the broker's confirms of messages that one channel publishes one after the other. Confirms arrive on the connection's reader
/// while the batch is still being sent.
/// </summary>
/// <remarks>
/// The client can track confirms itself, at the price of a task and a header for each message. Each confirm of several messages also costs
/// a copy of all messages in flight. Here, the cost of a confirm depends only on the messages that it covers.
/// </remarks>
internal sealed class PublishBatch(IReadOnlyList<OutgoingMessage> messages, ulong firstTag)
{
    private readonly Lock _lock = new();
    private readonly PublishOutcome[] _outcomes = new PublishOutcome[messages.Count];
    private readonly bool[] _isReturned = new bool[messages.Count];
    private readonly TaskCompletionSource<PublishOutcome[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _settledBefore;
    private int _unsettled = messages.Count;

    /// <summary>Completes with one outcome for each message, in their order.</summary>
    public Task<PublishOutcome[]> Outcomes => _completion.Task;

    /// <summary>
    /// Records that the broker confirmed (ack) or refused (nack) the message with this delivery tag, or all messages up to it.
    /// </summary>
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

    /// <summary>Records that no queue accepted the message. The broker returns a message before it confirms it.</summary>
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

    /// <summary>Stops waiting for confirms. Messages without one keep the outcome <see cref="PublishOutcome.Unknown"/>.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _completion.TrySetResult([.. _outcomes]);
        }
    }
}
