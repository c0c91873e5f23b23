namespace UserOrder.Messaging.Idempotency;

/// <summary>Why a request with an idempotency key is neither carried out nor answered again.</summary>
public enum IdempotencyRefusal
{
    /// <summary>Another request with this key is in progress. The client tries again later.</summary>
    KeyInFlight,

    /// <summary>An earlier request used this key with a different body. A retry fails again.</summary>
    KeyReused,
}
