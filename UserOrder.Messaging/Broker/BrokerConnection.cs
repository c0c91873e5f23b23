using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace UserOrder.Messaging.Broker;

/// <summary>One long-lived connection, opened when it is asked for and opened anew after it was lost.</summary>
internal sealed class BrokerConnection(IConnectionFactory factory, BrokerAccess access, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private IConnection? _connection;

    public bool IsOpen => _connection is { IsOpen: true };

    /// <summary>False in a service that has no use for this connection.</summary>
    public bool WasAskedFor { get; private set; }

    public async Task<IConnection> GetAsync(CancellationToken cancellationToken)
    {
        WasAskedFor = true;
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_connection is not { IsOpen: true })
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
        try
        {
            return await factory.CreateConnectionAsync(name, cancellationToken);
        }
        catch (BrokerUnreachableException exception) when (exception.InnerException is PossibleAuthenticationFailureException)
        {
            // The broker has lost its users, or has not got the new password yet.
            access.Forget();
            throw;
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
