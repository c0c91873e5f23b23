using System.Net;
using System.Net.Sockets;
using UserOrder.Bench.Load;

namespace UserOrder.Bench.Tests;

public sealed class HttpConnectionTests
{
    [Theory]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    public Task A_created_user_is_an_answer_of_either_framing(string answer) => AskAsync(answer);

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "no 201")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "no 201")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\n{}", "no end")]
    public async Task Anything_else_fails(string answer, string reason)
    {
        var exception = await Assert.ThrowsAsync<BenchException>(() => AskAsync(answer));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Gives the answer in two pieces, and closes.</summary>
    private static async Task AskAsync(string answer)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connection = await HttpConnection.OpenAsync(new Uri($"http://{listener.LocalEndpoint}/v1/users"));
        using (var client = await listener.AcceptTcpClientAsync(cancellationToken))
        {
            client.NoDelay = true;
            var asking = connection.CreateUserAsync("ada@example.com");
            await client.GetStream().ReadAtLeastAsync(new byte[1024], minimumBytes: 1, cancellationToken: cancellationToken);
            await client.GetStream().WriteAsync("HTTP/1."u8.ToArray(), cancellationToken);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer["HTTP/1.".Length..]), cancellationToken);
            client.Client.Shutdown(SocketShutdown.Send);
            await asking;
        }
    }
}
