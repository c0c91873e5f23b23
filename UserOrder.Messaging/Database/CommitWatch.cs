using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>Detects a commit of one connection that no synchronous standby has. PostgreSQL reports such a commit as a success.</summary>
/// <remarks>
/// A commit waits for the standby until a client cancels it: the driver after its time limit, or an operator. PostgreSQL then keeps the
/// commit, sends a warning and reports success, although a failover would lose the commit.
/// </remarks>
internal sealed class CommitWatch
{
    // Neither depends on the server's language. A warning of a trigger has the same SQLSTATE, but another source.
    private const string Severity = "WARNING";
    private const string Source = "syncrep.c";

    private volatile bool _isUnreplicated;

    /// <summary>Watches a connection until it is closed.</summary>
    public CommitWatch(NpgsqlConnection connection) =>
        connection.Notice += (_, notice) => _isUnreplicated |= notice.Notice is { InvariantSeverity: Severity, File: Source };

    /// <summary>Call it after each commit, and after the reader of its statement has reached the end.</summary>
    /// <exception cref="UnreplicatedCommitException">No synchronous standby has confirmed the commit.</exception>
    public void ThrowIfUnreplicated()
    {
        // Once, because the connection may go on to another commit.
        if (Interlocked.Exchange(ref _isUnreplicated, false))
        {
            throw new UnreplicatedCommitException();
        }
    }
}

/// <summary>A failover may lose the commit, so its outcome is as unknown as that of a lost connection.</summary>
internal sealed class UnreplicatedCommitException() : NpgsqlException("No synchronous standby has confirmed the commit.");
