using System.Net;
using System.Net.Sockets;

namespace UserOrder.Tests.Graph;

/// <summary>Stands between a client and a server, at a port that nobody answers until <see cref="Open"/>.</summary>
internal sealed class TcpForwarder : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly IPEndPoint _server;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private Task _accepting = Task.CompletedTask;

    public TcpForwarder(string host, int port)
    {
        _server = new IPEndPoint(host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host), port);

        // Bound, so that the port is nobody else's, but not listening: a connection is refused.
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Open()
    {
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await _listener.AcceptAsync(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server, _end.Token);
                await using var one = new NetworkStream(client);
                await using var other = new NetworkStream(server);
                await Task.WhenAny(one.CopyToAsync(other, _end.Token), other.CopyToAsync(one, _end.Token));
            }
            catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException)
            {
                // The end of one side is the end of the connection.
            }
        }
    }
}
