using System.Net;
using System.Net.Sockets;

namespace UserOrder.Tests.Graph;

/// <summary>Stands between clients and a server, and breaks their connections in the ways in which a network does.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int SlowBytes = 256;
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(10);
    private static readonly LingerOption EndWithReset = new(enable: true, seconds: 0);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly IPEndPoint _server;
    private readonly Socket _listener = NewSocket();
    private readonly Task _accepting;
    private volatile Path _path;

    public TcpProxy(string host, int port, ProxyMode mode = ProxyMode.Forward)
    {
        _server = new IPEndPoint(host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host), port);
        _path = new Path(mode, new CancellationTokenSource());
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>What happens from now on, also to the connections that are open.</summary>
    public ProxyMode Mode
    {
        get => _path.Mode;
        set
        {
            lock (_lock)
            {
                var old = _path;
                var cuts = value is ProxyMode.HalfOpen or ProxyMode.Reset;
                _path = new Path(value, cuts ? new CancellationTokenSource() : old.Cut);
                if (cuts)
                {
                    old.Cut.Cancel();
                }

                old.Left.SetResult();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_end.Token);
                client.NoDelay = true;
                connections.RemoveAll(connection => connection.IsCompleted);
                connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = NewSocket();
        using (client)
        {
            try
            {
                var path = await WaitUntilPassableAsync();
                if (path.Mode == ProxyMode.Reset)
                {
                    client.LingerState = EndWithReset;
                    return;
                }

                await server.ConnectAsync(_server, _end.Token);
                await using (path.Cut.Token.UnsafeRegister(_ => server.Close(timeout: 0), null))
                {
                    // The end of one side is the end of the connection.
                    await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
                }

                if (path.Cut.IsCancellationRequested)
                {
                    // A server that has forgotten a connection answers the first packet that reaches it again with a reset.
                    await WaitUntilPassableAsync();
                    client.LingerState = EndWithReset;
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The server does not take the connection, or the proxy ends: the client sees its connection end.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        int count;
        do
        {
            var slow = _path.Mode == ProxyMode.Slow;
            count = await from.ReceiveAsync(slow ? buffer.AsMemory(0, SlowBytes) : buffer, _end.Token);
            if (slow)
            {
                await Task.Delay(SlowPause, _end.Token);
            }

            await WaitUntilPassableAsync();
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
            }
        }
        while (count > 0);
    }

    /// <summary>Waits while nothing gets through.</summary>
    private async Task<Path> WaitUntilPassableAsync()
    {
        while (true)
        {
            var path = _path;
            if (path.Mode is not (ProxyMode.Stall or ProxyMode.HalfOpen))
            {
                return path;
            }

            await path.Left.Task.WaitAsync(_end.Token);
        }
    }

    /// <summary>The path as it is until the next change.</summary>
    private sealed class Path(ProxyMode mode, CancellationTokenSource cut)
    {
        public ProxyMode Mode => mode;

        /// <summary>Ends the connections that were opened on this path; it outlives a change that leaves them alone.</summary>
        public CancellationTokenSource Cut => cut;

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
