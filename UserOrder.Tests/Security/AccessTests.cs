using System.Net;
using System.Text.Json.Nodes;
using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Properties;

namespace UserOrder.Tests.Security;

/// <summary>Access to each endpoint with each kind of token.</summary>
public sealed class AccessTests(RunningGraph graph, SecuredFixture fixture) : SecuredTest(graph, fixture), IClassFixture<SecuredFixture>
{
    private const string Admin = "admin";

    private static readonly string[] OtherScopes =
        ["users:read", "users:write", "orders:read", "orders:write", "orders", "ADMIN", "administrator"];

    /// <summary>
    /// The request and the scope of each operation, and the expected status for the user's own data, for another user's data, and for a
    /// token with access to any user.
    /// </summary>
    private static readonly Dictionary<string, Endpoint> Endpoints = new()
    {
        ["createUser"] = new("user-api", "POST", "/v1/users", "users:write", Own: 201, Other: 201, Any: 201),
        ["findUser"] = new("user-api", "GET", "/v1/users/{user}", "users:read", Own: 200, Other: 403, Any: 200),
        ["listUsers"] = new("user-api", "GET", "/v1/users", "users:read", Own: 403, Other: 403, Any: 200),
        ["placeOrder"] = new("order-api", "POST", "/v1/orders", "orders:write", Own: 201, Other: 403, Any: 201),
        ["findOrder"] = new("order-api", "GET", "/v1/orders/{order}", "orders:read", Own: 200, Other: 404, Any: 200),
        ["listOrders"] = new("order-api", "GET", "/v1/orders?userId={user}", "orders:read", Own: 200, Other: 403, Any: 200),
        ["countDeadLetters of UserApi"] = new("user-api", "GET", "/admin/dead-letters", Admin, Own: 200, Other: 200, Any: 200),
        ["countDeadLetters of OrderApi"] = new("order-api", "GET", "/admin/dead-letters", Admin, Own: 200, Other: 200, Any: 200),
        ["listPauses"] = new("user-api", "GET", "/admin/paused", Admin, Own: 200, Other: 200, Any: 200),
        ["resumeRelay"] = new("order-api", "POST", "/admin/relay/resume", Admin, Own: 200, Other: 200, Any: 200),
        ["pauseConsumer"] = new("user-api", "POST", "/admin/consumers/nowhere/pause", Admin, Own: 404, Other: 404, Any: 404),
    };

    /// <summary>Invalid tokens by their defect.</summary>
    private static readonly Dictionary<string, Func<IssuerUnderTest, string, string, string?>> Invalid = new()
    {
        ["none"] = (_, _, _) => null,
        ["expired"] = (issuer, user, scope) =>
            issuer.TokenWith(user, scope, ("exp", DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds())),
        ["without an expiry"] = (issuer, user, scope) => issuer.TokenWith(user, scope, ("exp", null)),
        ["not valid yet"] = (issuer, user, scope) =>
            issuer.TokenWith(user, scope, ("nbf", DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds())),
        ["from another issuer"] = (issuer, user, scope) => issuer.TokenWith(user, scope, ("iss", "https://elsewhere.example")),
        ["for another audience"] = (issuer, user, scope) => issuer.TokenWith(user, scope, ("aud", "another-service")),
        ["with an empty subject"] = (issuer, _, scope) => issuer.Token("", scope),
        ["with a NUL in the subject"] = (issuer, user, scope) => issuer.Token($"{user}\0", scope),
        ["with a long subject"] = (issuer, user, scope) => issuer.Token(user + new string('a', 256), scope),
        ["with a list as subject"] = (issuer, user, scope) => issuer.TokenWith(user, scope, ("sub", new JsonArray(user, "\0"))),
        ["without a subject"] = (issuer, user, scope) => issuer.TokenWith(user, scope, ("sub", null)),
        ["signed with an unknown key"] = (issuer, user, scope) => issuer.TokenByStranger(user, scope),
        ["unsigned"] = (issuer, user, scope) => issuer.UnsignedToken(user, scope),
        ["signed with the public key"] = (issuer, user, scope) => issuer.TokenByPublicKey(user, scope),
        ["signed with a published secret"] = (issuer, user, scope) => issuer.TokenByPublishedSecret(user, scope),
        ["with another name of its algorithm"] = (issuer, user, scope) =>
            issuer.TokenWithHeader(user, scope, "alg", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
        ["of another type"] = (issuer, user, scope) => issuer.TokenWithHeader(user, scope, "typ", "JWT"),
        ["with an unknown extension"] = (issuer, user, scope) => issuer.TokenWithHeader(user, scope, "crit", new JsonArray("b64")),
        ["with two actors"] = (issuer, user, scope) => issuer.TokenWith(user, scope, (ActorClaim, new JsonArray(Actor, Actor))),
        ["with a wrong signature"] = (issuer, user, scope) => $"{issuer.Token(user, scope)[..^10]}AAAAAAAAAA",
        ["malformed"] = (_, _, _) => "letmein",
    };

    // The framework reads the token of an actor, and throws for a second one as it does for no invalid token.
    private const string ActorClaim = "http://schemas.xmlsoap.org/ws/2009/09/identity/claims/actor";
    private const string Actor = "eyJhbGciOiJub25lIn0.e30.";

    public static TheoryData<string, string> InvalidTokens { get; } =
        new(from operation in Endpoints.Keys from token in Invalid.Keys select (operation, token));

    public static TheoryData<string> Operations { get; } = [.. Endpoints.Keys];

    [Fact]
    public void Every_operation_of_the_contracts_has_a_row()
    {
        var operations = ContractFiles.Services.SelectMany(service => OpenApiContract.Of(service).Operations)
            .Select(operation => operation.Id);

        Assert.Equal(
            operations.Order(),
            Endpoints.Where(endpoint => endpoint.Value.Scope != Admin).Select(endpoint => endpoint.Key).Order());
    }

    [Theory]
    [MemberData(nameof(InvalidTokens))]
    public async Task An_invalid_token_gets_401(string operation, string token)
    {
        var (user, order) = await UserWithOrderAsync();

        using var refused = await SendAsync(
            Endpoints[operation], user, order, Invalid[token](Issuer, $"{user}", $"{Endpoints[operation].Scope} {Admin}"));

        await AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated", refused);
        var challenge = Assert.Single(refused.Headers.WwwAuthenticate);
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.DoesNotContain("error_description", $"{challenge.Parameter}", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_token_grants_access_by_its_scope_and_subject(string operation)
    {
        var endpoint = Endpoints[operation];
        var (user, order) = await UserWithOrderAsync();
        var other = Guid.CreateVersion7();
        var similar = new[] { $"{endpoint.Scope}s", $"{endpoint.Scope}:anybody" };
        var unrelated = string.Join(' ', OtherScopes.Where(scope => scope != endpoint.Scope).Concat(similar));

        Assert.Equal(403, await StatusAsync(unrelated, user));
        Assert.Equal(403, await StatusAsync("", user));
        Assert.Equal(endpoint.Own, await StatusAsync($"openid {endpoint.Scope}", user));
        Assert.Equal(endpoint.Other, await StatusAsync(endpoint.Scope, other));
        Assert.Equal(endpoint.Any, await StatusAsync($"{endpoint.Scope}{(endpoint.Scope == Admin ? "" : ":any")}", other));
        Assert.Equal(endpoint.Any, await StatusAsync(Admin, other));

        async Task<int> StatusAsync(string scope, Guid subject)
        {
            using var response = await SendAsync(endpoint, user, order, Issuer.Token($"{subject}", scope));
            return (int)response.StatusCode;
        }
    }

    /// <summary>A client may know an issuer that lets it choose claims. Whatever they are, they are no defect of the service.</summary>
    [Fact]
    public Task Arbitrary_claims_never_get_a_500() => Property.HoldsAsync(ArbitraryClaims.Sets, _ => [], batch: 20, sets => Task.WhenAll(
        sets.Select(async claims =>
        {
            var token = Issuer.TokenWith($"{Guid.CreateVersion7()}", $"users:write {Admin}", [.. claims.Claims]);
            using var written = await SendAsync("user-api", HttpMethod.Post, "/v1/users", token, NewUserBody(), $"{Guid.NewGuid()}");
            using var read = await SendAsync("user-api", HttpMethod.Get, $"/v1/users/{Guid.CreateVersion7()}", token);

            HttpStatusCode[] expected = [HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden];
            Assert.Contains(written.StatusCode, expected.Append(HttpStatusCode.Created));
            Assert.Contains(read.StatusCode, expected.Append(HttpStatusCode.NotFound));
        })));

    [Theory]
    [InlineData("GET", "user-api", "/users/{user}")]
    [InlineData("GET", "user-api", "/users")]
    [InlineData("POST", "user-api", "/users")]
    [InlineData("GET", "order-api", "/orders/{order}")]
    [InlineData("GET", "order-api", "/orders?userId={user}")]
    [InlineData("POST", "order-api", "/orders")]
    [InlineData("GET", "order-api", "/nowhere")]
    [InlineData("DELETE", "order-api", "/v1/orders/{order}")]
    [InlineData("GET", "user-api", "/v1/nowhere")]
    public async Task Aliases_and_unknown_paths_get_401_without_a_token(string method, string service, string path)
    {
        var (user, order) = await UserWithOrderAsync();

        using var refused = await SendAsync(new Endpoint(service, method, path, "", 0, 0, 0), user, order, token: null);

        await AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated", refused);
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/health")]
    [InlineData("/openapi/v1.json")]
    public async Task Probes_and_the_OpenAPI_document_need_no_token(string path)
    {
        foreach (var service in ContractFiles.Services)
        {
            using var answered = await SendAsync(service, HttpMethod.Get, path, token: null);
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        }
    }

    [Fact]
    public async Task A_403_names_the_missing_scope()
    {
        using var refused = await SendAsync("user-api", HttpMethod.Get, "/v1/users", Issuer.Token("somebody", "orders:read"));

        await AssertProblemAsync(HttpStatusCode.Forbidden, "forbidden", refused);
        Assert.Equal(
            """Bearer error="insufficient_scope", scope="users:read" """.Trim(), Assert.Single(refused.Headers.WwwAuthenticate).ToString());
    }

    [Fact]
    public async Task An_answer_does_not_reveal_whether_data_of_another_user_exists()
    {
        var (user, order) = await UserWithOrderAsync();
        var token = Issuer.Token($"{Guid.CreateVersion7()}", "users:read orders:read orders:write");
        async Task<string> AnswerAsync(string service, string path, Guid id)
        {
            using var response = await SendAsync(service, HttpMethod.Get, path + id, token);
            var body = await response.Content.ReadAsStringAsync(Cancelled);
            return $"{response.StatusCode} {body.Replace($"{id}", "ID", StringComparison.Ordinal)}";
        }

        Assert.Equal(
            WithoutTrace(await AnswerAsync("user-api", "/v1/users/", Guid.CreateVersion7())),
            WithoutTrace(await AnswerAsync("user-api", "/v1/users/", user)));
        Assert.Equal(
            WithoutTrace(await AnswerAsync("order-api", "/v1/orders/", Guid.CreateVersion7())),
            WithoutTrace(await AnswerAsync("order-api", "/v1/orders/", order)));
        Assert.Equal(
            WithoutTrace(await AnswerAsync("order-api", "/v1/orders?userId=", Guid.CreateVersion7())),
            WithoutTrace(await AnswerAsync("order-api", "/v1/orders?userId=", user)));
    }

    [Theory]
    [InlineData("user-api", "/v1/users", "users:write")]
    [InlineData("order-api", "/v1/orders", "orders:write:any")]
    public async Task Two_callers_can_use_the_same_idempotency_key(string service, string path, string scope)
    {
        var body = service == "user-api" ? NewUserBody() : NewOrderBody(await CreateUserAsync());
        var key = Guid.NewGuid().ToString();
        var (one, other) = (Issuer.Token("one", scope), Issuer.Token("other", scope));

        using var first = await SendAsync(service, HttpMethod.Post, path, one, body, key);
        using var again = await SendAsync(service, HttpMethod.Post, path, one, body, key);
        using var others = await SendAsync(service, HttpMethod.Post, path, other, body, key);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.False(others.Headers.Contains("Idempotency-Replayed"));
        Assert.NotEqual(first.Headers.Location, others.Headers.Location);
    }

    private static string WithoutTrace(string answer) => System.Text.RegularExpressions.Regex.Replace(answer, "\"traceId\":\"[^\"]*\"", "");

    private async Task<(Guid User, Guid Order)> UserWithOrderAsync()
    {
        RequireOwnGraph();
        var user = await CreateUserAsync();
        using var placed = await PlaceOrderAsync(user);
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        return (user, (await ReadAsync(placed)).GetProperty("orderId").GetGuid());
    }

    private Task<HttpResponseMessage> SendAsync(Endpoint endpoint, Guid user, Guid order, string? token)
    {
        var path = endpoint.Path.Replace("{user}", $"{user}", StringComparison.Ordinal)
            .Replace("{order}", $"{order}", StringComparison.Ordinal);
        var body = endpoint.Method != "POST" ? null : endpoint.Service == "user-api" ? NewUserBody() : NewOrderBody(user);
        return SendAsync(endpoint.Service, HttpMethod.Parse(endpoint.Method), path, token, body);
    }

    private sealed record Endpoint(string Service, string Method, string Path, string Scope, int Own, int Other, int Any);
}
