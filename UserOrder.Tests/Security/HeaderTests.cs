using System.Net;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>What an answer tells, and whom: in Production, with an internal port and one page that may call.</summary>
public sealed class HeaderTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string Page = "https://shop.example";

    [Fact]
    public async Task The_public_port_reveals_no_internals()
    {
        RequireOwnGraph();
        var inside = ServiceUnderTest.FreePort();
        await using var issuer = await IssuerUnderTest.StartAsync();
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("ASPNETCORE_URLS", $"{{url}};http://127.0.0.1:{inside}"),
                ("Security__Authority", issuer.Url),
                ("Security__Audience", IssuerUnderTest.Audience),
                ("Security__InternalPort", $"{inside}"),
                ("Messaging__AdminEndpoints", "true"),
                ("OTEL_METRICS_EXPORTER", "prometheus"),
                ("Cors__Origins__0", Page),
            ]);
        var outside = service.Api;
        using var internally = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{inside}") };
        var admin = issuer.Token("an operator", "admin");
        var user = issuer.Token("a user", "users:read");

        // The details of health.
        Assert.DoesNotContain("checks", await BodyAsync(outside, "/health", token: null), StringComparison.Ordinal);
        Assert.DoesNotContain("checks", await BodyAsync(outside, "/alive", token: null), StringComparison.Ordinal);
        Assert.DoesNotContain("checks", await BodyAsync(outside, "/health", user), StringComparison.Ordinal);
        Assert.Contains("database", await BodyAsync(outside, "/health", admin), StringComparison.Ordinal);
        Assert.Contains("database", await BodyAsync(internally, "/health", token: null), StringComparison.Ordinal);

        // Metrics and dead letters, by the port and whatever the Host says.
        Assert.Contains("# TYPE", await BodyAsync(internally, "/metrics", token: null), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(internally, "/admin/dead-letters", admin));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(internally, "/admin/dead-letters", token: null));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(outside, "/metrics", admin));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(outside, "/admin/dead-letters", admin));
        outside.DefaultRequestHeaders.Host = $"127.0.0.1:{inside}";
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(outside, "/metrics", admin));
        outside.DefaultRequestHeaders.Host = null;

        // Headers of every answer, errors among them.
        foreach (var path in new[] { "/alive", "/v1/users", "/v1/nowhere", "/v9/users", "/openapi/v1.json" })
        {
            foreach (var token in new[] { null, admin })
            {
                using var answer = await SecuredServices.SendAsync(outside, HttpMethod.Get, path, token);
                Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
                Assert.False(answer.Headers.Contains("Server"));
            }
        }

        // Pages of other origins.
        Assert.Equal(Page, await AllowedOriginAsync(outside, Page));
        Assert.Null(await AllowedOriginAsync(outside, "https://elsewhere.example"));
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
