using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Properties;

namespace UserOrder.Tests.Integration;

/// <summary>HEAD is answered as GET, without the body (RFC 9110, section 9.3.2).</summary>
public sealed class HeadTests(RunningGraph graph) : IntegrationTest(graph)
{
    /// <summary>Headers that differ between two answers, or that a server may omit from an answer without a body.</summary>
    private static readonly string[] Varying = ["Date", "Content-Length", "Transfer-Encoding"];

    public static TheoryData<string> Services { get; } = [.. ContractFiles.Services];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task HEAD_has_the_status_and_the_headers_of_GET(string service)
    {
        var user = await CreateUserAsync();
        using var placed = await PlaceOrderAsync(user);
        var id = service == "user-api" ? user : (await ReadAsync(placed)).GetProperty("orderId").GetGuid();
        var operations = OpenApiContract.Of(service).Operations.Where(operation => operation.Method == "GET")
            .Select(operation => operation.Path).ToList();
        Assert.Equal(2, operations.Count);
        string[] targets =
        [
            .. operations.SelectMany(path => new[] { path, path["/v1".Length..] })
                .Select(path => $"{path.Replace("{id}", $"{id}", StringComparison.Ordinal)}?userId={user}"),
            $"{operations[0]}?limit=abc&userId=",
            "/v1/nowhere",
            "/health",
            "/alive",
            "/openapi/v1.json",
        ];

        foreach (var target in targets)
        {
            var (got, headers, _) = await SendAsync(service, "GET", target);
            var (status, same, body) = await SendAsync(service, "HEAD", target);

            Assert.True(got == status, $"{target}: {got} {status}");
            Assert.Equal(headers, same);
            Assert.True(body.Length == 0, $"{target}: {body}");
        }
    }

    [Theory]
    [InlineData("user-api", "/v1/users", "GET, HEAD, POST")]
    [InlineData("order-api", "/orders", "GET, HEAD, POST")]
    [InlineData("user-api", "/v1/users/01890000-0000-7000-8000-000000000000", "GET, HEAD")]
    [InlineData("order-api", "/openapi/v1.json", "GET, HEAD")]
    public async Task An_unsupported_method_gets_405_with_HEAD_among_the_allowed(string service, string path, string allowed)
    {
        foreach (var method in new[] { "DELETE", "OPTIONS" })
        {
            var (status, headers, _) = await SendAsync(service, method, path);

            Assert.Equal("HTTP/1.1 405 Method Not Allowed", status);
            var allow = headers.Single(header => header.StartsWith("Allow: ", StringComparison.Ordinal))["Allow: ".Length..];
            Assert.Equal(allowed, string.Join(", ", allow.Split(", ").Order()));
        }
    }

    /// <summary>Sends octets, because <see cref="HttpClient"/> does not show a body after HEAD.</summary>
    private async Task<(string Status, List<string> Headers, string Body)> SendAsync(string service, string method, string target)
    {
        var octets = await RawHttp.ExchangeAsync(
            Graph.GetUrl(service), $"{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", isWhole: true, Cancelled);
        var end = octets.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = octets[..end].Split("\r\n");
        return (
            lines[0],
            [.. lines.Skip(1).Where(line => !Varying.Contains(line.Split(':')[0])).Order()],
            octets[(end + 4)..]);
    }
}
