namespace UserOrder.Messaging.Outbox;

/// <summary>Why the lanes of a relay have ended.</summary>
internal enum LaneEnd
{
    /// <summary>The broker closed a channel. The lanes open again.</summary>
    Lost,

    /// <summary>The service stops.</summary>
    Stopping,
}
