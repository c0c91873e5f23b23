namespace UserOrder.Messaging.Outbox;

/// <summary>Why the lanes of a relay ended.</summary>
internal enum LaneEnd
{
    /// <summary>The broker closed a channel. The relay reopens the lanes.</summary>
    Lost,

    /// <summary>The service stops.</summary>
    Stopping,
}
