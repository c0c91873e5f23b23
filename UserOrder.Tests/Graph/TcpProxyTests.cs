using System.Net;
using System.Net.Sockets;

namespace UserOrder.Tests.Graph;

public sealed class TcpProxyTests
{
    [Theory]
    [InlineData(nameof(ProxyMode.Reset))]
    [InlineData(nameof(ProxyMode.HalfOpen))]
    public async Task Bytes_that_the_path_held_are_lost_with_their_connection(string mode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var proxy = new TcpProxy("localhost", ((IPEndPoint)listener.LocalEndpoint).Port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port, TestContext.Current.CancellationToken);
        using var server = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        server.NoDelay = true;
        await server.GetStream().WriteAsync("a"u8.ToArray(), TestContext.Current.CancellationToken);
        await client.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);

        proxy.Mode = ProxyMode.Stall;
        await server.GetStream().WriteAsync("b"u8.ToArray(), TestContext.Current.CancellationToken);
        await Until.EqualAsync(true, "the proxy holds it", () => HasReadAsync(((IPEndPoint)listener.LocalEndpoint).Port));
        proxy.Mode = Enum.Parse<ProxyMode>(mode);
        proxy.Mode = ProxyMode.Forward;

        var end = await Assert.ThrowsAsync<IOException>(
            async () => await client.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(end.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task Held_requests_do_not_hold_the_bytes_of_the_server()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var proxy = new TcpProxy("localhost", ((IPEndPoint)listener.LocalEndpoint).Port, ProxyMode.HoldRequests);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port, TestContext.Current.CancellationToken);
        using var server = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        await client.GetStream().WriteAsync("a"u8.ToArray(), TestContext.Current.CancellationToken);
        await server.GetStream().WriteAsync("b"u8.ToArray(), TestContext.Current.CancellationToken);
        await client.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);

        Assert.Equal(0, server.Available);
        proxy.Mode = ProxyMode.Forward;
        await server.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
    }

    /// <summary>Whether the client of a server's only connection has read everything.</summary>
    private static async Task<bool> HasReadAsync(int serverPort)
    {
        var lines = await File.ReadAllLinesAsync("/proc/net/tcp", TestContext.Current.CancellationToken);
        return lines.Single(line => line.Contains($" 0100007F:{serverPort:X4} 01 ")).Contains(":00000000 ");
    }
}
