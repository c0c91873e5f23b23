using System.Net;
using System.Net.Sockets;

namespace UserOrder.Tests.Graph;

/// <summary>A proxy between clients and a server that simulates network faults.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int SlowBytes = 256;
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(10);
    private static readonly LingerOption EndWithReset = new(enable: true, seconds: 0);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Socket _listener = NewSocket();
    private readonly Task _accepting;
    private volatile IPEndPoint _server;
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

    /// <summary>The current mode, which applies to open connections too.</summary>
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

    /// <summary>Leads new connections to another local server.</summary>
    public void LeadTo(int port) => _server = new IPEndPoint(IPAddress.Loopback, port);

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
                    // The connection ends when either side closes it.
                    await Task.WhenAny(
                        PumpAsync(client, server, areRequests: true, path.Cut.Token),
                        PumpAsync(server, client, areRequests: false, path.Cut.Token));
                }

                if (path.Cut.IsCancellationRequested)
                {
                    // A server that has lost a connection answers the next packet with a reset.
                    await WaitUntilPassableAsync();
                    client.LingerState = EndWithReset;
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The server refused the connection or the proxy is stopping: the client's connection ends.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool areRequests, CancellationToken cut)
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

            await WaitUntilPassableAsync(areRequests);

            // What was held when the connection was cut is lost with it.
            cut.ThrowIfCancellationRequested();
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
            }
        }
        while (count > 0);
    }

    /// <summary>Waits until the path lets bytes through.</summary>
    private async Task<Path> WaitUntilPassableAsync(bool areRequests = false)
    {
        while (true)
        {
            var path = _path;
            var isHeld = path.Mode is ProxyMode.Stall or ProxyMode.HalfOpen || (path.Mode is ProxyMode.HoldRequests && areRequests);
            if (!isHeld)
            {
                return path;
            }

            await path.Left.Task.WaitAsync(_end.Token);
        }
    }

    /// <summary>The state of the path until the next change of mode.</summary>
    private sealed class Path(ProxyMode mode, CancellationTokenSource cut)
    {
        public ProxyMode Mode => mode;

        /// <summary>Ends the connections opened on this path. The next path shares it if the new mode keeps the connections.</summary>
        public CancellationTokenSource Cut => cut;

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
