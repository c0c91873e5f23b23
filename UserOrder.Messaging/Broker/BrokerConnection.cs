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

    /// <exception cref="OperationCanceledException">It was cancelled, or the broker did not answer in time.</exception>
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
        // The client itself waits for ever for a broker, or a proxy before it, that takes the connection and says nothing.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(BrokerConnections.AnswerTimeout);
        var connecting = factory.CreateConnectionAsync(name, patience.Token);
        try
        {
            return await connecting.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _ = DiscardAsync(connecting);
            throw;
        }
        catch (BrokerUnreachableException exception) when (exception.InnerException is PossibleAuthenticationFailureException)
        {
            // The broker has lost its users, or has not got the new password yet.
            access.Forget();
            throw;
        }
    }

    /// <summary>The client takes seconds more to give up, or may have connected in the last moment.</summary>
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
