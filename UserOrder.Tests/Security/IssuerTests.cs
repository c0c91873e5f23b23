using System.Net;
using System.Net.Sockets;
using UserOrder.Processes;
using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Security;

/// <summary>The issuer rotates its key, does not answer, or refuses OrderApi.</summary>
public sealed class IssuerTests(RunningGraph graph) : IntegrationTest(graph)
{
    [Fact]
    public async Task A_key_rotation_invalidates_old_tokens_and_the_services_accept_new_ones()
    {
        RequireOwnGraph();
        await using var services = await SecuredServices.StartAsync(Graph);
        var user = Guid.CreateVersion7();
        var old = services.Issuer.Token($"{user}", "users:read orders:write");
        Assert.Equal(HttpStatusCode.NotFound, await FindUserAsync(old));
        await Until.EqualAsync(HttpStatusCode.UnprocessableEntity, "OrderApi asks UserApi with its token", () => PlaceOrderAsync(old));

        services.Issuer.ReplaceKey();

        var current = services.Issuer.Token($"{user}", "users:read orders:write");
        await Until.EqualAsync(HttpStatusCode.NotFound, "UserApi takes the new key's tokens", () => FindUserAsync(current));
        await Until.EqualAsync(HttpStatusCode.Unauthorized, "UserApi refuses the old key's tokens", () => FindUserAsync(old));
        await Until.EqualAsync(
            HttpStatusCode.UnprocessableEntity, "OrderApi asks UserApi with a new token", () => PlaceOrderAsync(current));

        async Task<HttpStatusCode> FindUserAsync(string token)
        {
            using var response = await SecuredServices.SendAsync(services.UserApi.Api, HttpMethod.Get, $"/v1/users/{user}", token);
            return response.StatusCode;
        }

        async Task<HttpStatusCode> PlaceOrderAsync(string token)
        {
            using var response = await SecuredServices.SendAsync(
                services.OrderApi.Api, HttpMethod.Post, "/v1/orders", token, $$"""{"userId":"{{user}}"}""");
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("Security__Client__TokenEndpoint", "http://127.0.0.1:1/token")]
    [InlineData("Security__Client__ClientSecret", "wrong")]
    public async Task OrderApi_without_a_token_answers_503_for_an_unknown_user(string setting, string value)
    {
        RequireOwnGraph();
        await using var services = await SecuredServices.StartAsync(Graph, (setting, value));
        var user = Guid.CreateVersion7();

        using var refused = await SecuredServices.SendAsync(
            services.OrderApi.Api,
            HttpMethod.Post,
            "/v1/orders",
            services.Issuer.Token($"{user}", "orders:write"),
            $$"""{"userId":"{{user}}"}""");

        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "user-api-unavailable", refused);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.DoesNotContain(value, await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_issuer_answers_a_token_gets_503_and_an_anonymous_request_gets_401()
    {
        RequireOwnGraph();
        var port = FreePort.Next();
        await using var services = await SecuredServices.StartAsync(Graph, ("Security__Authority", $"http://127.0.0.1:{port}"));
        var token = services.Issuer.Token("somebody", "admin");

        foreach (var service in ContractFiles.Services)
        {
            using var api = new HttpClient(new ContractHandler(OpenApiContract.Of(service))) { BaseAddress = services.Of(service).Url };
            foreach (var operation in OpenApiContract.Of(service).Operations)
            {
                using var refused = await SecuredServices.SendAsync(api, operation, token);
                using var anonymous = await SecuredServices.SendAsync(
                    services.Of(service).Api, HttpMethod.Get, operation.Path, token: null);
                await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "issuer-unavailable", refused);
                Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
                await AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated", anonymous);
            }
        }

        // The outage is remembered for a while.
        await using var issuer = await IssuerUnderTest.StartAsync(port);
        await Until.EqualAsync(HttpStatusCode.OK, "the service has the issuer's keys", async () =>
        {
            using var response = await SecuredServices.SendAsync(
                services.UserApi.Api, HttpMethod.Get, "/v1/users", issuer.Token("somebody", "admin"));
            return response.StatusCode;
        });
    }

    [Fact]
    public async Task A_silent_issuer_delays_no_request_by_more_than_one_fetch()
    {
        RequireOwnGraph();
        using var silent = new SilentServer();
        await using var services = await SecuredServices.StartAsync(
            Graph, ("Security__Authority", silent.Url), ("Security__Client__TokenEndpoint", $"{silent.Url}/token"));
        var token = services.Issuer.Token("somebody", "admin");

        // One after the other, they took 15 s each.
        var waiting = Enumerable.Range(0, 40)
            .Select(_ => SecuredServices.SendAsync(services.UserApi.Api, HttpMethod.Get, "/v1/users", token))
            .ToList();
        var refused = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        foreach (var response in refused)
        {
            await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "issuer-unavailable", response);
        }

        Assert.InRange(silent.Connections, 1, 6);
    }

    [Fact]
    public async Task A_silent_token_endpoint_delays_no_order_by_more_than_one_fetch()
    {
        RequireOwnGraph();
        using var silent = new SilentServer();
        await using var services = await SecuredServices.StartAsync(Graph, ("Security__Client__TokenEndpoint", $"{silent.Url}/token"));

        var waiting = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7()).Select(user => SecuredServices.SendAsync(
            services.OrderApi.Api,
            HttpMethod.Post,
            "/v1/orders",
            services.Issuer.Token($"{user}", "orders:write"),
            $$"""{"userId":"{{user}}"}"""));
        var refused = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

        foreach (var response in refused)
        {
            await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "user-api-unavailable", response);
        }
    }

    /// <summary>Takes connections and sends nothing.</summary>
    private sealed class SilentServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> _taken = [];

        public SilentServer()
        {
            _listener.Start();
            _ = TakeAsync();
        }

        public string Url => $"http://{_listener.LocalEndpoint}";

        public int Connections
        {
            get
            {
                lock (_taken)
                {
                    return _taken.Count;
                }
            }
        }

        public void Dispose()
        {
            _listener.Dispose();
            lock (_taken)
            {
                _taken.ForEach(client => client.Dispose());
            }
        }

        private async Task TakeAsync()
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync(Cancelled);
                    lock (_taken)
                    {
                        _taken.Add(client);
                    }
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The end of the test.
            }
        }
    }
}
