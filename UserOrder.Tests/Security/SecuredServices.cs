using System.Net.Http.Headers;
using System.Text;
using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Security;

/// <summary>Both services in Production with access control and a real issuer, on the broker and databases of the running graph.</summary>
internal sealed class SecuredServices : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _running = [];

    private SecuredServices(IssuerUnderTest issuer) => Issuer = issuer;

    public IssuerUnderTest Issuer { get; }

    public ServiceUnderTest UserApi { get; private set; } = null!;

    public ServiceUnderTest OrderApi { get; private set; } = null!;

    public static async Task<SecuredServices> StartAsync(IRunningGraph graph, params (string Name, string Value)[] settings)
    {
        var issuer = await IssuerUnderTest.StartAsync();
        var services = new SecuredServices(issuer);
        services._running.Add(issuer);
        try
        {
            services.UserApi = await ServiceUnderTest.StartAsync(
                "user-api",
                [
                    .. await ConnectionsAsync(graph),
                    .. Security(issuer),
                    .. settings.Where(setting => !setting.Name.StartsWith("Security__Client", StringComparison.Ordinal)),
                ]);
            services._running.Add(services.UserApi);
            services.OrderApi = await ServiceUnderTest.StartAsync(
                "order-api",
                [
                    .. await ConnectionsAsync(graph),
                    .. Security(issuer),
                    ("services__user-api__http__0", services.UserApi.Url.AbsoluteUri),
                    ("Security__Client__TokenEndpoint", $"{issuer.Url}/token"),
                    ("Security__Client__ClientId", "order-api"),
                    ("Security__Client__ClientSecret", IssuerUnderTest.ClientSecret),
                    .. settings,
                ]);
            services._running.Add(services.OrderApi);
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    public static async Task<IReadOnlyList<(string Name, string Value)>> ConnectionsAsync(IRunningGraph graph)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        return
        [
            ("ConnectionStrings__rabbitmq", await graph.GetConnectionStringAsync("rabbitmq", cancellationToken)),
            ("ConnectionStrings__userdb", await WithLongTimeoutAsync("userdb")),
            ("ConnectionStrings__orderdb", await WithLongTimeoutAsync("orderdb")),
        ];

        // The tests check access, so a slow connection on a busy machine must not fail them.
        async Task<string> WithLongTimeoutAsync(string database) =>
            $"{await graph.GetConnectionStringAsync(database, cancellationToken)};Timeout=30";
    }

    public ServiceUnderTest Of(string service) => service == "user-api" ? UserApi : OrderApi;

    public async ValueTask DisposeAsync()
    {
        _running.Reverse();
        foreach (var running in _running)
        {
            await running.DisposeAsync();
        }
    }

    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient api, HttpMethod method, string path, string? token, string? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await api.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Calls an operation with a body that fails validation, so that the call has no effect.</summary>
    public static Task<HttpResponseMessage> SendAsync(HttpClient api, OpenApiContract.Operation operation, string token) => SendAsync(
        api,
        HttpMethod.Parse(operation.Method),
        operation.Path.Replace("{id}", $"{Guid.NewGuid()}", StringComparison.Ordinal),
        token,
        operation.Method == "POST" ? "{}" : null);

    /// <summary>The settings of a service that serves the operators' endpoints to the tokens of an issuer.</summary>
    public static IEnumerable<(string Name, string Value)> Security(IssuerUnderTest issuer) =>
        [("Security__Authority", issuer.Url), ("Security__Audience", IssuerUnderTest.Audience), ("Messaging__AdminEndpoints", "true")];
}
