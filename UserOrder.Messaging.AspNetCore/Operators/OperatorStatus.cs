using UserOrder.Messaging.Pausing;

namespace UserOrder.Messaging.AspNetCore.Operators;

/// <summary>The state of one replica.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="Replica">The machine's name.</param>
/// <param name="StartedAt">When the process started, UTC.</param>
/// <param name="At">When the state was read, UTC.</param>
/// <param name="Health">The state that the probes report; null if the service keeps none.</param>
/// <param name="Circuits">The circuit breakers of the reliable path.</param>
/// <param name="Outbox">The events on their way to the broker.</param>
/// <param name="Queues">The queues that the service consumes from.</param>
/// <param name="TraceUrl">The page of a trace, with <c>{traceId}</c> in place of the id; null if the service knows none.</param>
internal sealed record OperatorStatus(
    string Service,
    string Version,
    string Replica,
    DateTimeOffset StartedAt,
    DateTimeOffset At,
    HealthState? Health,
    IReadOnlyList<CircuitState> Circuits,
    OutboxState Outbox,
    IReadOnlyList<QueueState> Queues,
    string? TraceUrl);

/// <summary>The latest run of the health checks.</summary>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Checks">Each check.</param>
internal sealed record HealthState(string Status, IReadOnlyList<HealthCheckState> Checks);

/// <summary>The latest run of a health check.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Reason">What it found; null if it reports nothing.</param>
internal sealed record HealthCheckState(string Name, string Status, string? Reason);

/// <summary>A circuit breaker.</summary>
/// <param name="Name">The caller and the server.</param>
/// <param name="State"><c>closed</c>, <c>half-open</c> or <c>open</c>.</param>
/// <param name="Since">When it last opened or closed, UTC.</param>
internal sealed record CircuitState(string Name, string State, DateTimeOffset Since);

/// <summary>The outbox, which all replicas share, and what this replica does with it.</summary>
/// <param name="Exchange">The exchange to which the events go.</param>
/// <param name="Waiting">The events that wait.</param>
/// <param name="OldestSeconds">The age of the oldest one.</param>
/// <param name="IsFull">Whether requests that would add an event are refused.</param>
/// <param name="IsStalled">Whether events wait while none leaves.</param>
/// <param name="Written">The events that requests to this replica have committed.</param>
/// <param name="Sent">The messages of this replica that the broker has confirmed. A message has one event or several.</param>
/// <param name="Pause">Whether an operator has paused the relay; null until the replica knows.</param>
internal sealed record OutboxState(
    string Exchange, long Waiting, double OldestSeconds, bool IsFull, bool IsStalled, long Written, long Sent, PauseState? Pause);

/// <summary>A queue, and what this replica does with it.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Type">The event type that it receives.</param>
/// <param name="Ready">The messages that wait for a consumer, counted every 5 s; null before the first count.</param>
/// <param name="Unacknowledged">The messages that this replica holds.</param>
/// <param name="Consumers">The consumers of all replicas; null before the first count.</param>
/// <param name="StalledSeconds">How long messages have waited while this replica settled none.</param>
/// <param name="DeadLetters">The dead letters, counted every 5 s; null while the broker does not answer.</param>
/// <param name="Applied">The events that took effect since the start of this replica.</param>
/// <param name="LagP50Seconds">The median, over the last minute, of the time from an event to its effect; null without an event.</param>
/// <param name="LagP99Seconds">The 99th percentile of the same.</param>
/// <param name="Pause">Whether an operator has paused the consumers; null until the replica knows.</param>
internal sealed record QueueState(
    string Name,
    string Type,
    long? Ready,
    long Unacknowledged,
    long? Consumers,
    double StalledSeconds,
    long? DeadLetters,
    long Applied,
    double? LagP50Seconds,
    double? LagP99Seconds,
    PauseState? Pause);
