using Npgsql;

namespace UserOrder.Messaging.Consumer;

/// <summary>The transaction of some events waited for a lock until the server's time limit. Other events may not need the lock.</summary>
internal sealed class EventsLockedException(PostgresException cause) : Exception(cause.MessageText, cause);
