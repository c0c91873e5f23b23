namespace UserOrder.Tests.Graph;

/// <summary>What becomes of the bytes between a client and its server.</summary>
internal enum ProxyMode
{
    /// <summary>They arrive.</summary>
    Forward,

    /// <summary>They are lost on the way. When the path is healed they arrive all the same, as TCP sends them again until they do.</summary>
    Stall,

    /// <summary>The server has forgotten its connections and the clients are not told. A new connection is not answered.</summary>
    HalfOpen,

    /// <summary>They arrive late and in small pieces.</summary>
    Slow,

    /// <summary>Every connection is reset, a new one at once.</summary>
    Reset,
}
