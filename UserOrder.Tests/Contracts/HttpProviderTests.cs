using System.Net;
using Npgsql;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Security;

namespace UserOrder.Tests.Contracts;

/// <summary>
/// Provokes every answer in the OpenAPI documents. <see cref="ContractHandler"/> checks each answer against its document, here
/// and in every other integration test.
/// </summary>
public sealed class HttpProviderTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string UserBody = """{"name":"Ada","email":"EMAIL"}""";
    private const string OrderBody = """{"userId":"USER","items":[{"sku":"tea","quantity":2,"unitPrice":1.25}]}""";

    /// <summary>A request that succeeds, by operation.</summary>
    private Dictionary<string, Func<Task<HttpResponseMessage>>> Successes => new()
    {
        ["createUser"] = () => PostUserAsync(NewUser()),
        ["findUser"] = async () => await UserApi.GetAsync($"/v1/users/{await CreateUserAsync()}", Cancelled),
        ["listUsers"] = () => UserApi.GetAsync("/v1/users", Cancelled),
        ["placeOrder"] = async () => await PostOrderAsync(NewOrder(await CreateUserAsync())),
        ["findOrder"] = async () =>
        {
            using var placed = await PostOrderAsync(NewOrder(await CreateUserAsync()));
            return await OrderApi.GetAsync(placed.Headers.Location, Cancelled);
        },
        ["listOrders"] = () => OrderApi.GetAsync($"/v1/orders?userId={Guid.CreateVersion7()}", Cancelled),
    };

    /// <summary>A request that the service refuses for its content, by operation and answer.</summary>
    private Dictionary<string, Func<Task<HttpResponseMessage>>> Refusals => new()
    {
        ["createUser 400 validation"] = () => PostUserAsync("{}"),
        ["createUser 400 malformed-request"] = () => PostUserAsync("{"),
        ["createUser 409 email-taken"] = () => TwiceAsync(PostUserAsync, NewUser()),
        ["createUser 413 body-too-large"] = () => PostUserAsync(new string(' ', 70_000)),
        ["createUser 415 unsupported-media-type"] = () => UserApi.PostAsync("/v1/users", new StringContent("name=Ada"), Cancelled),
        ["createUser 422 idempotency-key-reused"] = () => ReuseKeyAsync(UserApi, "/v1/users", NewUser(), NewUser()),
        ["findUser 404 not-found"] = () => UserApi.GetAsync($"/v1/users/{Guid.CreateVersion7()}", Cancelled),
        ["listUsers 400 validation"] = () => UserApi.GetAsync("/v1/users?limit=0", Cancelled),
        ["listUsers 400 malformed-request"] = () => UserApi.GetAsync("/v1/users?after=ada", Cancelled),
        ["placeOrder 400 validation"] = () => PostOrderAsync("{}"),
        ["placeOrder 400 malformed-request"] = () => PostOrderAsync("{"),
        ["placeOrder 413 body-too-large"] = () => PostOrderAsync(new string(' ', 70_000)),
        ["placeOrder 415 unsupported-media-type"] = () => OrderApi.PostAsync("/v1/orders", new StringContent("user=Ada"), Cancelled),
        ["placeOrder 422 unknown-user"] = () => PostOrderAsync(NewOrder(Guid.CreateVersion7())),
        ["placeOrder 422 idempotency-key-reused"] = async () =>
        {
            var user = await CreateUserAsync();
            return await ReuseKeyAsync(
                OrderApi, "/v1/orders", NewOrder(user), NewOrder(user).Replace("tea", "coffee", StringComparison.Ordinal));
        },
        ["findOrder 404 not-found"] = () => OrderApi.GetAsync($"/v1/orders/{Guid.CreateVersion7()}", Cancelled),
        ["listOrders 400 validation"] = () => OrderApi.GetAsync($"/v1/orders?userId={Guid.CreateVersion7()}&limit=0", Cancelled),
        ["listOrders 400 malformed-request"] = () => OrderApi.GetAsync("/v1/orders", Cancelled),
    };

    private static readonly string[] AllOperations = ["createUser", "findUser", "listUsers", "placeOrder", "findOrder", "listOrders"];

    /// <summary>
    /// The operations of each answer that depends on the state of the system. <see cref="AccessTests"/>, <see cref="LimitTests"/>
    /// and <see cref="IssuerTests"/> provoke those about callers and load.
    /// </summary>
    private static readonly Dictionary<string, string[]> Failures = new()
    {
        ["401 unauthenticated"] = AllOperations,
        ["403 forbidden"] = AllOperations,
        ["429 too-many-requests"] = AllOperations,
        ["503 issuer-unavailable"] = AllOperations,
        ["503 overloaded"] = AllOperations,
        ["409 idempotency-key-in-flight"] = ["createUser", "placeOrder"],
        ["500 internal-error"] = AllOperations,
        ["503 database-unavailable"] = AllOperations,
        ["503 outbox-full"] = ["createUser", "placeOrder"],
        ["503 user-api-unavailable"] = ["placeOrder"],
    };

    public static TheoryData<string> Services { get; } = [.. ContractFiles.Services];

    public static TheoryData<string> SuccessNames { get; } = [.. new HttpProviderTests(new RunningGraph()).Successes.Keys];

    public static TheoryData<string> RefusalNames { get; } = [.. new HttpProviderTests(new RunningGraph()).Refusals.Keys];

    [Fact]
    public void Every_documented_answer_has_a_test()
    {
        var named =
            from service in ContractFiles.Services
            from operation in OpenApiContract.Of(service).Operations
            from answer in operation.Answers
            select answer.StartsWith('2') ? operation.Id : $"{operation.Id} {answer}";
        var provoked = Successes.Keys.Concat(Refusals.Keys)
            .Concat(Failures.SelectMany(failure => failure.Value.Select(operation => $"{operation} {failure.Key}")));

        Assert.Equal(named.Order(StringComparer.Ordinal), provoked.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(SuccessNames))]
    public async Task A_success_meets_the_contract(string operation)
    {
        using var response = await Successes[operation]();

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Theory]
    [MemberData(nameof(RefusalNames))]
    public async Task A_refusal_meets_the_contract(string answer)
    {
        using var response = await Refusals[answer]();

        await AssertAnswerAsync(answer[(answer.IndexOf(' ', StringComparison.Ordinal) + 1)..], response);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_key_in_flight_gets_the_documented_409(string service)
    {
        var database = await OpenDatabaseAsync(DatabaseOf(service));
        var body = service == "user-api" ? NewUser() : NewOrder(await CreateUserAsync());
        var key = Guid.NewGuid().ToString();
        await using var rival = await RivalReplica.StartAsync(database);
        await rival.TakeAsync(key, Guid.NewGuid());
        var first = PostWithKeyAsync(service, key, body);
        await rival.WaitUntilBlockingAsync();

        using var second = await PostWithKeyAsync(service, key, body);

        await AssertAnswerAsync("409 idempotency-key-in-flight", second);
        await rival.RollbackAsync();
        using var created = await first;
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_defect_gets_the_documented_500(string service)
    {
        var database = await OpenDatabaseAsync(DatabaseOf(service));
        var table = service == "user-api" ? "users" : "orders";
        var requests = await RequestsOfAsync(service);
        await ExecuteAsync(database, $"alter table {table} rename to {table}_away");
        try
        {
            await AssertAnswersAsync("500 internal-error", requests);
        }
        finally
        {
            await ExecuteAsync(database, $"alter table {table}_away rename to {table}");
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_database_outage_gets_the_documented_503(string service)
    {
        RequireOwnGraph();
        var server = service == "user-api" ? "user-postgres" : "order-postgres";
        var requests = await RequestsOfAsync(service);
        await Graph.StopAsync(server, Cancelled);
        try
        {
            await AssertAnswersAsync("503 database-unavailable", requests);
        }
        finally
        {
            await Graph.StartAsync(server, Cancelled);
        }

        using var api = new HttpClient { BaseAddress = Graph.GetUrl(service) };
        await Until.EqualAsync(
            true,
            "the service has recovered",
            async () => (await ReadAsync(await api.GetAsync("/health", Cancelled))).GetProperty("status").GetString() == "Healthy");
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_full_outbox_gets_the_documented_503(string service)
    {
        var database = await OpenDatabaseAsync(DatabaseOf(service));
        var body = service == "user-api" ? NewUser() : NewOrder(await CreateUserAsync());

        // A two-day-old event that the relay never publishes.
        var old = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-2));
        await ExecuteAsync(
            database, "insert into outbox (id, type, body, available_at) values ($1, 'nothing.happened.v1', '', 'infinity')", old);
        try
        {
            using var refused = await Until.TrueAsync(
                "the outbox is full",
                () => PostAsync(service, body),
                response => response.StatusCode == HttpStatusCode.ServiceUnavailable);
            await AssertAnswerAsync("503 outbox-full", refused);
        }
        finally
        {
            await ExecuteAsync(database, "delete from outbox where id = $1", old);
        }

        using var created = await Until.TrueAsync(
            "the outbox has room",
            () => service == "user-api" ? PostAsync(service, NewUser()) : PostAsync(service, body),
            response => response.StatusCode == HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_UserApi_outage_gets_the_503_documented_by_OrderApi()
    {
        RequireOwnGraph();
        await Graph.StopAsync("user-api", Cancelled);
        try
        {
            using var refused = await PostOrderAsync(NewOrder(Guid.CreateVersion7()));
            await AssertAnswerAsync("503 user-api-unavailable", refused);
        }
        finally
        {
            await Graph.StartAsync("user-api", Cancelled);
        }
    }

    private static string DatabaseOf(string service) => service == "user-api" ? "userdb" : "orderdb";

    private static string NewUser() => UserBody.Replace("EMAIL", NewEmail(), StringComparison.Ordinal);

    private static string NewOrder(Guid userId) => OrderBody.Replace("USER", userId.ToString(), StringComparison.Ordinal);

    private Task<HttpResponseMessage> PostUserAsync(string body) => UserApi.PostAsync("/v1/users", Json(body), Cancelled);

    private Task<HttpResponseMessage> PostOrderAsync(string body) => OrderApi.PostAsync("/v1/orders", Json(body), Cancelled);

    private Task<HttpResponseMessage> PostAsync(string service, string body) =>
        service == "user-api" ? PostUserAsync(body) : PostOrderAsync(body);

    private Task<HttpResponseMessage> PostWithKeyAsync(string service, string key, string body) => service == "user-api"
        ? PostWithKeyAsync(UserApi, "/v1/users", key, body)
        : PostWithKeyAsync(OrderApi, "/v1/orders", key, body);

    private static async Task<HttpResponseMessage> PostWithKeyAsync(HttpClient api, string path, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = Json(body),
            Headers = { { "Idempotency-Key", key } },
        };
        return await api.SendAsync(request, Cancelled);
    }

    private static async Task<HttpResponseMessage> ReuseKeyAsync(HttpClient api, string path, string body, string otherBody)
    {
        var key = Guid.NewGuid().ToString();
        using var first = await PostWithKeyAsync(api, path, key, body);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        return await PostWithKeyAsync(api, path, key, otherBody);
    }

    private static async Task<HttpResponseMessage> TwiceAsync(Func<string, Task<HttpResponseMessage>> send, string body)
    {
        using var first = await send(body);
        return await send(body);
    }

    /// <summary>One valid request for each operation of a service.</summary>
    private async Task<List<Func<Task<HttpResponseMessage>>>> RequestsOfAsync(string service)
    {
        var id = Guid.CreateVersion7();
        var order = NewOrder(await CreateUserAsync());
        return service == "user-api"
            ? [
                () => PostUserAsync(NewUser()),
                () => UserApi.GetAsync($"/v1/users/{id}", Cancelled),
                () => UserApi.GetAsync("/v1/users", Cancelled),
            ]
            : [
                () => PostOrderAsync(order),
                () => OrderApi.GetAsync($"/v1/orders/{id}", Cancelled),
                () => OrderApi.GetAsync($"/v1/orders?userId={id}", Cancelled),
            ];
    }

    private static async Task AssertAnswersAsync(string answer, List<Func<Task<HttpResponseMessage>>> requests)
    {
        foreach (var request in requests)
        {
            using var response = await request();
            await AssertAnswerAsync(answer, response);
        }
    }

    private static async Task AssertAnswerAsync(string answer, HttpResponseMessage response)
    {
        var (status, type) = answer.Split(' ') is [var first, var second]
            ? (first, second)
            : throw new ArgumentException("An answer needs a status and a type.", nameof(answer));
        await AssertProblemAsync(Enum.Parse<HttpStatusCode>(status), type, response);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await command.ExecuteNonQueryAsync(Cancelled);
    }
}
