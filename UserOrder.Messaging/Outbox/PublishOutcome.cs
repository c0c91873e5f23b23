namespace UserOrder.Messaging.Outbox;

/// <summary>What the broker said of a published message.</summary>
internal enum PublishOutcome
{
    /// <summary>Nothing yet, or nothing any more, because the channel was lost or the time ran out: it may be stored or not.</summary>
    Unknown,

    /// <summary>It is stored in every queue it was routed to.</summary>
    Confirmed,

    /// <summary>It was refused, because a queue is full.</summary>
    Rejected,

    /// <summary>It was returned, because no queue takes it.</summary>
    Returned,
}
