namespace UserOrder.Tests.Faults;

/// <summary>What can go wrong.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to RabbitMQ.</summary>
    BrokerKilled,

    /// <summary>RabbitMQ is stopped in good order.</summary>
    BrokerStopped,

    /// <summary>SIGKILL to a PostgreSQL.</summary>
    DatabaseKilled,

    /// <summary>SIGKILL to a replica of a service.</summary>
    ServiceKilled,

    /// <summary>SIGTERM to a replica of a service, which has to end by itself.</summary>
    ServiceStopped,

    /// <summary>SIGSTOP to RabbitMQ or a PostgreSQL.</summary>
    ServerPaused,

    /// <summary>SIGSTOP to a replica of a service.</summary>
    ServicePaused,

    /// <summary>Packets between a replica and what it needs are lost.</summary>
    PathStalled,

    /// <summary>A server forgets a replica's connections.</summary>
    PathHalfOpen,

    /// <summary>Packets are late and small.</summary>
    PathSlow,

    /// <summary>Connections are reset and refused.</summary>
    PathReset,

    /// <summary>Both consumers of a queue are stopped until it is full and the broker refuses events.</summary>
    QueueFull,

    /// <summary>Real events are published again.</summary>
    Duplicates,

    /// <summary>Messages that nobody can read.</summary>
    Poison,

    /// <summary>Messages over the size limit.</summary>
    Oversized,
}
