using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using UserOrder.ManifestRunner.Networking;

namespace UserOrder.ManifestRunner.Resources;

/// <summary>
/// Opens and closes an AMQP 0-9-1 connection, the only sure sign that a broker is up: its port opens late in the boot,
/// and a virtual host still later.
/// </summary>
internal sealed class AmqpLogin(Endpoint endpoint, string user, string password, string virtualHost)
{
    private const byte MethodFrame = 1;
    private const byte FrameEnd = 0xCE;
    private const ushort ConnectionClass = 10;
    private const ushort Start = 10, StartOk = 11, Tune = 30, TuneOk = 31, Open = 40, OpenOk = 41, Close = 50, CloseOk = 51;
    private const ushort Success = 200;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <returns>Why the login failed, or <c>null</c> if it succeeded.</returns>
    /// <exception cref="UnauthorizedAccessException">The broker refuses the credentials.</exception>
    public async Task<string?> TryAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.Host, endpoint.Port, timeout.Token);
            await using var stream = client.GetStream();
            return await LogInAsync(stream, timeout.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it does not answer within {AnswerTimeout.TotalSeconds:0} s";
        }
    }

    private async Task<string?> LogInAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), cancellationToken);
        await ReceiveAsync(stream, Start, cancellationToken);

        byte[] credentials = [.. ClientProperties(), .. ShortText("PLAIN"), .. LongText($"\0{user}\0{password}"), .. ShortText("en_US")];
        await SendAsync(stream, StartOk, credentials, cancellationToken);
        var limits = await ReceiveAsync(stream, Tune, cancellationToken);

        await SendAsync(stream, TuneOk, limits, cancellationToken);
        await SendAsync(stream, Open, [.. ShortText(virtualHost), 0, 0], cancellationToken);
        await ReceiveAsync(stream, OpenOk, cancellationToken);

        await SendAsync(stream, Close, [.. Number(Success), .. ShortText("ready"), .. Number(0), .. Number(0)], cancellationToken);
        await ReceiveAsync(stream, CloseOk, cancellationToken);
        return null;
    }

    private static async Task SendAsync(NetworkStream stream, ushort method, byte[] arguments, CancellationToken cancellationToken)
    {
        byte[] payload = [.. Number(ConnectionClass), .. Number(method), .. arguments];
        byte[] frame = [MethodFrame, .. Number(0), .. LongNumber(payload.Length), .. payload, FrameEnd];
        await stream.WriteAsync(frame, cancellationToken);
    }

    /// <returns>The method's arguments.</returns>
    /// <exception cref="UnauthorizedAccessException">The broker closes the connection instead.</exception>
    private static async Task<byte[]> ReceiveAsync(NetworkStream stream, ushort expected, CancellationToken cancellationToken)
    {
        const int headerLength = 7;
        const int methodLength = 4;
        var header = new byte[headerLength];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(3))];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        await stream.ReadExactlyAsync(new byte[1], cancellationToken);
        var method = BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(2));
        return method switch
        {
            _ when method == expected => payload[methodLength..],
            Close => throw new UnauthorizedAccessException($"The broker refuses: {ReplyText(payload.AsSpan(methodLength))}"),
            _ => throw new IOException($"the broker answers with method {method} instead of {expected}"),
        };
    }

    private static string ReplyText(ReadOnlySpan<byte> closeArguments)
    {
        const int codeLength = sizeof(ushort);
        return Encoding.UTF8.GetString(closeArguments.Slice(codeLength + 1, closeArguments[codeLength]));
    }

    // Only a client that says it understands is told of a refusal; others are cut off.
    private static byte[] ClientProperties()
    {
        byte[] capabilities = [.. ShortText("authentication_failure_close"), (byte)'t', 1];
        byte[] properties = [.. ShortText("capabilities"), (byte)'F', .. LongNumber(capabilities.Length), .. capabilities];
        return [.. LongNumber(properties.Length), .. properties];
    }

    private static byte[] ShortText(string text) => [(byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] LongText(string text) => [.. LongNumber(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] LongNumber(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
