using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace UserOrder.Tests.Properties;

/// <summary>An answer as octets.</summary>
internal sealed record RawAnswer(int Status, ILookup<string, string> Headers, string Body);

/// <summary>Sends octets unchanged; <see cref="HttpClient"/> would refuse or correct invalid ones.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Sends octets and returns everything that the service sends until it closes the connection.</summary>
    /// <param name="service">The address of the service.</param>
    /// <param name="octets">The octets to send.</param>
    /// <param name="isWhole">False if the service may wait for more octets; the client then closes its side of the connection.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    public static async Task<string> ExchangeAsync(Uri service, string octets, bool isWhole, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(Deadline);
        using var client = new TcpClient();
        await client.ConnectAsync(service.Host, service.Port, end.Token);
        var stream = client.GetStream();
        var answer = ReadAsync(stream, end.Token);
        try
        {
            await stream.WriteAsync(Octets.ToBytes(octets), end.Token);
            if (!isWhole && await Task.WhenAny(answer, Task.Delay(Patience, end.Token)) != answer)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The service closed the connection early; it may have answered nevertheless.
        }

        return await answer;
    }

    /// <summary>The first answer; null without one.</summary>
    public static RawAnswer? Parse(string octets)
    {
        var end = octets.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var lines = octets[..end].Split("\r\n");
        var headers = lines.Skip(1)
            .Select(line => line.Split(": ", 2))
            .ToLookup(pair => pair[0], pair => pair[^1], StringComparer.OrdinalIgnoreCase);
        var body = octets[(end + 4)..];
        return new RawAnswer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            headers,
            headers["Transfer-Encoding"].Contains("chunked") ? Joined(body) : body);
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // A reset ends the answer too.
        }

        return answer.ToString();
    }

    private static string Joined(string chunks)
    {
        var body = new StringBuilder();
        for (var at = 0; ;)
        {
            var line = chunks.IndexOf("\r\n", at, StringComparison.Ordinal);
            var length = int.Parse(chunks[at..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return body.ToString();
            }

            body.Append(chunks, line + 2, length);
            at = line + 2 + length + 2;
        }
    }
}
