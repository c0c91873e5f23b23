namespace UserOrder.Messaging.Outbox;

/// <summary>The broker's answer to a published message.</summary>
internal enum PublishOutcome
{
    /// <summary>
    /// No answer yet, or none before the channel was lost or the time ran out. The broker may or may not have stored the message.
    /// </summary>
    Unknown,

    /// <summary>The broker stored the message in every queue that it was routed to.</summary>
    Confirmed,

    /// <summary>The broker refused the message, because a queue is full.</summary>
    Rejected,

    /// <summary>The broker closed the channel because of the message: a right is missing, or the message is too large for it.</summary>
    Refused,

    /// <summary>The broker returned the message, because no queue is bound for it.</summary>
    Returned,
}
