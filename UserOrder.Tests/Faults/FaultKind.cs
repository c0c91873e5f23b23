namespace UserOrder.Tests.Faults;

/// <summary>The kinds of faults that the tests inject.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to RabbitMQ.</summary>
    BrokerKilled,

    /// <summary>RabbitMQ is stopped gracefully.</summary>
    BrokerStopped,

    /// <summary>SIGKILL to a PostgreSQL.</summary>
    DatabaseKilled,

    /// <summary>A PostgreSQL refuses every write, as a standby does and a managed database that ran full.</summary>
    DatabaseReadOnly,

    /// <summary>The synchronous standby of a PostgreSQL is frozen, and promoted after a SIGKILL to the PostgreSQL.</summary>
    StandbyPromoted,

    /// <summary>A PostgreSQL refuses the login of a service and ends its sessions.</summary>
    LoginRefused,

    /// <summary>SIGKILL to a replica of a service.</summary>
    ServiceKilled,

    /// <summary>SIGTERM to a replica of a service, which must exit by itself.</summary>
    ServiceStopped,

    /// <summary>SIGSTOP to RabbitMQ or a PostgreSQL.</summary>
    ServerPaused,

    /// <summary>SIGSTOP to a replica of a service.</summary>
    ServicePaused,

    /// <summary>SIGSTOP to a replica whose consumer or relay holds locks of an open transaction.</summary>
    ReplicaFrozen,

    /// <summary>The wall clock of a replica steps by an hour or a day, and back.</summary>
    ClockStepped,

    /// <summary>Packets between a replica and a server are lost.</summary>
    PathStalled,

    /// <summary>A server forgets a replica's connections.</summary>
    PathHalfOpen,

    /// <summary>Packets are delayed and small.</summary>
    PathSlow,

    /// <summary>Connections are reset and refused.</summary>
    PathReset,

    /// <summary>Both consumers of a queue are stopped until it is full and the broker refuses events.</summary>
    QueueFull,

    /// <summary>Published events are published again.</summary>
    Duplicates,

    /// <summary>Unreadable messages.</summary>
    Poison,

    /// <summary>Messages over the size limit.</summary>
    Oversized,

    /// <summary>An exchange, a binding, a right or a user of the broker is deleted.</summary>
    TopologyLost,

    /// <summary>RabbitMQ raises its memory alarm while unreadable messages wait among events.</summary>
    AlarmWithPoison,
}
