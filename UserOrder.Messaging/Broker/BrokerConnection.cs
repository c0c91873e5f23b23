using RabbitMQ.Client;

namespace UserOrder.Messaging.Broker;

/// <summary>One long-lived connection, opened when it is asked for and opened anew after it was lost.</summary>
internal sealed class BrokerConnection(IConnectionFactory factory, string name) : IAsyncDisposable
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
                _connection = await factory.CreateConnectionAsync(name, cancellationToken);
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

    private async Task CloseAsync()
    {
        if (_connection is { } old)
        {
            _connection = null;
            await old.DisposeAsync();
        }
    }
}
