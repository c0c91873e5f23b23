namespace UserOrder.Simulation.Costs;

/// <summary>The bytes that one event causes.</summary>
/// <param name="Body">The event itself, envelope included.</param>
/// <param name="UserDatabaseLog">PostgreSQL's write-ahead log in UserApi's database: user, event, and the event's deletion.</param>
/// <param name="OrderDatabaseLog">The same in OrderApi's database: inbox row and effect.</param>
/// <param name="BrokerDisk">What RabbitMQ wrote: its write-ahead log and segments.</param>
/// <param name="RequestWire">Request, answer and the statement, headers included.</param>
/// <param name="RelayWire">Claim, publish, deliver, and the consumer's statements.</param>
/// <param name="UserRow">A stored user with its indexes.</param>
/// <param name="InboxRow">A stored inbox row and a known user with their indexes.</param>
internal sealed record BytesPerEvent(
    double Body,
    double UserDatabaseLog,
    double OrderDatabaseLog,
    double BrokerDisk,
    double RequestWire,
    double RelayWire,
    double UserRow,
    double InboxRow);
