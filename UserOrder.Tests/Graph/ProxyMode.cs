namespace UserOrder.Tests.Graph;

/// <summary>The treatment of the bytes between a client and its server.</summary>
internal enum ProxyMode
{
    /// <summary>The bytes arrive.</summary>
    Forward,

    /// <summary>The bytes are lost. Once the path works again they arrive nevertheless, because TCP retransmits them.</summary>
    Stall,

    /// <summary>The server's bytes arrive, the client's are held.</summary>
    HoldRequests,

    /// <summary>The server has lost its connections and the clients do not notice. New connections get no response.</summary>
    HalfOpen,

    /// <summary>The bytes arrive late and in small pieces.</summary>
    Slow,

    /// <summary>Open connections are reset, and new ones at once.</summary>
    Reset,
}
