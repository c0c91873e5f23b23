using System.Net.Sockets;
using System.Text;

namespace UserOrder.Bench.Load;

/// <summary>
/// One HTTP/1.1 connection that creates users one after the other. HttpClient would take several times the processor time of wrk, which
/// the services have to do without.
/// </summary>
internal sealed class HttpConnection(Uri url) : IDisposable
{
    private static readonly byte[] Created = "HTTP/1.1 201 "u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];

    public static async Task<HttpConnection> OpenAsync(Uri url)
    {
        var connection = new HttpConnection(url);
        await connection._socket.ConnectAsync(url.Host, url.Port);
        return connection;
    }

    /// <exception cref="BenchException">The answer is no 201.</exception>
    public async Task CreateUserAsync(string email)
    {
        var body = $$"""{"name":"Ada Lovelace","email":"{{email}}"}""";
        var request =
            $"POST {url.AbsolutePath} HTTP/1.1\r\nHost: {url.Authority}\r\n" +
            $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await _socket.SendAsync(_buffer.AsMemory(0, Encoding.ASCII.GetBytes(request, _buffer)));

        var length = 0;
        do
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            length += received;
            if (received == 0 || length == _buffer.Length)
            {
                throw new BenchException($"The answer has no end:\n{Encoding.UTF8.GetString(_buffer, 0, length)}");
            }
        }
        while (!IsWhole(_buffer.AsSpan(0, length)));

        if (!_buffer.AsSpan().StartsWith(Created))
        {
            throw new BenchException($"The answer is no 201:\n{Encoding.UTF8.GetString(_buffer, 0, length)}");
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Both forms of an end: the last chunk, and the length that the head gives (RFC 9112, section 6).</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        const string name = "Content-Length:";
        var head = answer.IndexOf("\r\n\r\n"u8);
        var fields = Encoding.ASCII.GetString(answer[..Math.Max(0, head)]).Split("\r\n");
        return fields.FirstOrDefault(field => field.StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } length
            ? answer.Length == head + 4 + int.Parse(length[name.Length..])
            : head >= 0 && answer.EndsWith("\r\n0\r\n\r\n"u8);
    }
}
