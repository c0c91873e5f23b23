using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace UserOrder.Messaging.Broker;

/// <summary>One long-lived connection, which is opened on first use and reopened after a loss.</summary>
internal sealed class BrokerConnection(IConnectionFactory factory, BrokerAccess access, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private IConnection? _connection;
    private volatile string? _blockedBy;

    /// <summary>
    /// The user that the broker validates as the publisher of a message (https://www.rabbitmq.com/docs/validated-user-id); null if the
    /// connection does not log in by name and password.
    /// </summary>
    public string? User =>
        factory is ConnectionFactory concrete && concrete.AuthMechanisms.All(mechanism => mechanism is PlainMechanismFactory)
            ? factory.UserName
            : null;

    public bool IsOpen => _connection is { IsOpen: true };

    /// <summary>False in a service that does not use this connection.</summary>
    public bool WasAskedFor { get; private set; }

    /// <summary>The broker's alarm, such as <c>low on memory</c>, while it reads nothing from this connection; otherwise null.</summary>
    /// <remarks>It blocks the connections that publish (https://www.rabbitmq.com/docs/connection-blocked).</remarks>
    public string? BlockedBy => IsOpen ? _blockedBy : null;

    /// <exception cref="BrokerLostException">The broker reads nothing from this connection.</exception>
    public void ThrowIfBlocked()
    {
        if (BlockedBy is { } alarm)
        {
            throw new BrokerLostException($"The broker accepts no messages: {alarm}.");
        }
    }

    /// <summary>
    /// Gets the connection. If the broker has refused an operation, the service provisions its broker user first.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled, or the broker did not answer in time.</exception>
    public async Task<IConnection> GetAsync(CancellationToken cancellationToken)
    {
        WasAskedFor = true;
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { IsOpen: true })
            {
                await access.RenewAsync(cancellationToken);
            }
            else
            {
                await CloseAsync();
                await access.EnsureAsync(cancellationToken);
                _connection = await ConnectAsync(cancellationToken);
            }

            return _connection;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _opening.Dispose();
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        // Without a time limit, the client waits forever for a broker or a proxy that accepts the connection and does not answer.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(BrokerConnections.AnswerTimeout);
        var connecting = factory.CreateConnectionAsync(name, timeout.Token);
        try
        {
            var connection = await connecting.WaitAsync(timeout.Token);
            _blockedBy = null;
            connection.ConnectionBlockedAsync += (_, blocked) => AmqpEvent.Do(() => _blockedBy = blocked.Reason);
            connection.ConnectionUnblockedAsync += (_, _) => AmqpEvent.Do(() => _blockedBy = null);
            return connection;
        }
        catch (OperationCanceledException)
        {
            _ = DiscardAsync(connecting);
            throw;
        }
        catch (RabbitMQClientException exception) when (BrokerFault.IsMissingSomething(exception))
        {
            // The broker has lost its users or the virtual host, or does not have the new password yet.
            access.Forget();
            throw;
        }
    }

    /// <summary>Closes a connection that the client may still establish after the time limit.</summary>
    private static async Task DiscardAsync(Task<IConnection> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            await connecting.Result.DisposeAsync();
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is { } old)
        {
            _connection = null;
            await old.DisposeAsync();
        }
    }
}
