namespace UserOrder.Messaging.Idempotency;

/// <summary>Why a request with an idempotency key is refused.</summary>
public enum IdempotencyRefusal
{
    /// <summary>Another request with this key is in progress. The client may retry later.</summary>
    KeyInFlight,

    /// <summary>An earlier request used this key with a different body. A retry would fail again.</summary>
    KeyReused,
}
