using Npgsql;

namespace UserOrder.Messaging.Database;

/// <summary>
/// A connection that one caller at a time keeps between its statements. The driver resets a connection that returns to its pool, which
/// costs as much as a small statement. After a failure the next statement gets another connection.
/// </summary>
internal sealed class KeptConnection(NpgsqlDataSource database) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private CommitWatch? _watch;

    /// <summary>Runs a statement and its implicit commit.</summary>
    /// <exception cref="NpgsqlException">The database refused or did not answer, or committed without its synchronous standby.</exception>
    public async Task<TResult> CommitAsync<TResult>(
        Func<NpgsqlConnection, CancellationToken, Task<TResult>> write, CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = await database.OpenConnectionAsync(cancellationToken);
            _watch = new CommitWatch(_connection);
        }

        try
        {
            var result = await write(_connection, cancellationToken);
            _watch!.ThrowIfUnreplicated();
            return result;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the connection to its pool.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }
}
