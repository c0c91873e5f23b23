using System.Net;
using UserOrder.Processes;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>The information that answers reveal in Production, with an internal port and one allowed origin.</summary>
public sealed class HeaderTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string Page = "https://shop.example";

    [Fact]
    public async Task The_public_port_reveals_no_internals()
    {
        RequireOwnGraph();
        var internalPort = FreePort.Next();
        await using var issuer = await IssuerUnderTest.StartAsync();
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("ASPNETCORE_URLS", $"{{url}};http://127.0.0.1:{internalPort}"),
                .. SecuredServices.Security(issuer),
                ("Security__InternalPort", $"{internalPort}"),
                ("OTEL_METRICS_EXPORTER", "prometheus"),
                ("Cors__Origins__0", Page),
            ]);
        var publicApi = service.Api;
        using var internalApi = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{internalPort}") };
        var admin = issuer.Token("an operator", "admin");
        var user = issuer.Token("a user", "users:read");

        // Details of health.
        Assert.DoesNotContain("checks", await BodyAsync(publicApi, "/health", token: null), StringComparison.Ordinal);
        Assert.DoesNotContain("checks", await BodyAsync(publicApi, "/alive", token: null), StringComparison.Ordinal);
        Assert.DoesNotContain("checks", await BodyAsync(publicApi, "/health", user), StringComparison.Ordinal);
        Assert.Contains("database", await BodyAsync(publicApi, "/health", admin), StringComparison.Ordinal);
        Assert.Contains("database", await BodyAsync(internalApi, "/health", token: null), StringComparison.Ordinal);

        // Metrics and dead letters: the port decides, not the Host header.
        Assert.Contains("# TYPE", await BodyAsync(internalApi, "/metrics", token: null), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(internalApi, "/admin/dead-letters", admin));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(internalApi, "/admin/dead-letters", token: null));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(publicApi, "/metrics", admin));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(publicApi, "/admin/dead-letters", admin));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(internalApi, "/admin/paused", admin));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(publicApi, "/admin/paused", admin));
        publicApi.DefaultRequestHeaders.Host = $"127.0.0.1:{internalPort}";
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(publicApi, "/metrics", admin));
        publicApi.DefaultRequestHeaders.Host = null;

        // Headers of every answer, including errors.
        foreach (var path in new[] { "/alive", "/v1/users", "/v1/nowhere", "/v9/users", "/openapi/v1.json" })
        {
            foreach (var token in new[] { null, admin })
            {
                using var answer = await SecuredServices.SendAsync(publicApi, HttpMethod.Get, path, token);
                Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
                Assert.False(answer.Headers.Contains("Server"));
            }
        }

        // Pages of other origins.
        Assert.Equal(Page, await AllowedOriginAsync(publicApi, Page));
        Assert.Null(await AllowedOriginAsync(publicApi, "https://elsewhere.example"));
    }

    [Fact]
    public async Task Cross_origin_requests_are_denied_by_default()
    {
        Assert.Null(await AllowedOriginAsync(UserApi, Page));
        Assert.Null(await AllowedOriginAsync(OrderApi, Page));
    }

    private static async Task<string?> AllowedOriginAsync(HttpClient api, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive") { Headers = { { "Origin", origin } } };
        using var answer = await api.SendAsync(request, Cancelled);
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
    }

    private static async Task<string> BodyAsync(HttpClient api, string path, string? token)
    {
        using var answer = await SecuredServices.SendAsync(api, HttpMethod.Get, path, token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient api, string path, string? token)
    {
        using var answer = await SecuredServices.SendAsync(api, HttpMethod.Get, path, token);
        return answer.StatusCode;
    }
}
