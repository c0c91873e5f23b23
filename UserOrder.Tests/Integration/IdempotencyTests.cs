using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Npgsql;
using UserOrder.Messaging.AspNetCore;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>A POST with an idempotency key runs once, despite retries, lost connections and crashes.</summary>
public sealed class IdempotencyTests(RunningGraph graph) : IntegrationTest(graph)
{
    public static TheoryData<string> Services { get; } = ["user-api", "order-api"];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_retry_with_the_same_key_and_body_replays_the_first_answer(string service)
    {
        var operation = await OperationOfAsync(service);
        var channel = await OpenChannelAsync();
        var queue = await channel.CopyEventsAsync(operation.Event, Cancelled);
        var (key, body) = (NewKey(), operation.NewBody());

        using var first = await PostAsync(operation, key, body);
        using var again = await PostAsync(operation, key, body);
        using var later = await PostAsync(operation, NewKey(), operation.NewBody());

        var created = await AssertCreatedAsync(first, replayed: false);
        Assert.Equal(created, await AssertCreatedAsync(again, replayed: true));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(1, await operation.CountAsync(body));

        // Events may overtake each other, but an empty outbox means that all of them are published.
        await AssertCreatedAsync(later, replayed: false);
        await Until.EqualAsync(0, "the outbox is empty", () => CountAsync(operation.Database, "select count(*) from outbox"));
        var events = new List<string>();
        while (await channel.BasicGetAsync(queue, autoAck: true, Cancelled) is { } got)
        {
            events.AddRange(TestEvents.EventsIn(got).Select(sent => sent.GetRawText()));
        }

        Assert.Single(events, text => text.Contains(operation.IdOf(created).ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task White_space_quotes_and_the_path_alias_do_not_make_another_request(string service)
    {
        var operation = await OperationOfAsync(service);
        var (key, body) = (NewKey(), operation.NewBody());

        using var first = await PostAsync(operation, key, body);
        using var spaced = await PostAsync(operation, $"\"{key}\"", body.Replace(",", " ,\n ", StringComparison.Ordinal));
        using var alias = await PostAsync(operation with { Path = operation.Path["/v1".Length..] }, key, body);

        var created = await AssertCreatedAsync(first, replayed: false);
        Assert.Equal(created, await AssertCreatedAsync(spaced, replayed: true));
        Assert.Equal(created, await AssertCreatedAsync(alias, replayed: true));
        Assert.Equal(1, await operation.CountAsync(body));
    }

    [Theory]
    [InlineData("2.0", "1.50")]
    [InlineData("2.000", "15e-1")]
    [InlineData("0.2E1", "1.500000000000000000000000000000000000000")]
    [InlineData("20e-1", "0.015e+2")]
    public async Task Equal_numbers_do_not_make_another_request(string quantity, string price)
    {
        var orders = await OperationOfAsync("order-api");
        var userId = await CreateUserAsync();
        var channel = await OpenChannelAsync();
        var queue = await channel.CopyEventsAsync(orders.Event, Cancelled);
        var key = NewKey();

        using var first = await PostAsync(orders, key, BodyWith(quantity, price));
        using var again = await PostAsync(orders, key, BodyWith("2", "1.5"));

        const string plain = "\"quantity\":2,\"unitPrice\":1.5}";
        var created = await AssertCreatedAsync(first, replayed: false);
        Assert.Contains(plain, created, StringComparison.Ordinal);
        await AssertCreatedAsync(again, replayed: true);
        await Until.TrueAsync(
            "the event has the same numbers",
            async () => Encoding.UTF8.GetString((await channel.BasicGetAsync(queue, autoAck: true, Cancelled))?.Body.ToArray() ?? []),
            body => body.Contains($"{userId}", StringComparison.Ordinal) && body.Contains(plain, StringComparison.Ordinal));

        string BodyWith(string quantity, string price) =>
            $$"""{"userId":"{{userId}}","items":[{"sku":"tea","quantity":{{quantity}},"unitPrice":{{price}}}]}""";
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_same_key_with_another_body_gets_422(string service)
    {
        var operation = await OperationOfAsync(service);
        var (key, body, other) = (NewKey(), operation.NewBody(), operation.NewBody());

        using var first = await PostAsync(operation, key, body);
        using var second = await PostAsync(operation, key, other);

        await AssertCreatedAsync(first, replayed: false);
        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused", second);
        Assert.Equal(0, await operation.CountAsync(other));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Twenty_concurrent_requests_with_one_key_run_once(string service)
    {
        var operation = await OperationOfAsync(service);
        var (key, body) = (NewKey(), operation.NewBody());

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(operation, key, body)));

        var ids = new HashSet<Guid>();
        foreach (var response in responses)
        {
            using (response)
            {
                if (response.StatusCode == HttpStatusCode.Created)
                {
                    ids.Add(operation.IdOf(await response.Content.ReadAsStringAsync(Cancelled)));
                }
                else
                {
                    await AssertInFlightAsync(response);
                }
            }
        }

        Assert.Single(ids);
        Assert.Equal(1, await operation.CountAsync(body));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_retry_gets_409_while_the_first_request_runs_even_after_its_client_disconnects(string service)
    {
        // Another replica would also wait for the rival's transaction.
        RequireOwnGraph();
        var operation = await OperationOfAsync(service);
        var (key, body) = (NewKey(), operation.NewBody());
        await using var rival = await RivalReplica.StartAsync(operation.Database);
        await rival.TakeAsync(key, Guid.NewGuid());

        using (await SendAsync(operation, key, body))
        {
            await rival.WaitUntilBlockingAsync();
        }

        using var second = await PostAsync(operation, key, body);
        await AssertInFlightAsync(second);

        await rival.RollbackAsync();
        await RetryUntilCreatedAsync(operation, key, body);
        Assert.Equal(1, await operation.CountAsync(body));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Clients_that_disconnect_and_retry_create_one_entity_each(string service)
    {
        var operation = await OperationOfAsync(service);
        var requests = Enumerable.Range(0, 30).Select(_ => (Key: NewKey(), Body: operation.NewBody())).ToList();

        await Task.WhenAll(requests.Select(async request =>
        {
            for (var i = 0; i < 3; i++)
            {
                using var cut = await SendAsync(operation, request.Key, request.Body);
            }

            await RetryUntilCreatedAsync(operation, request.Key, request.Body);
            Assert.Equal(1, await operation.CountAsync(request.Body));
        }));
    }

    [Theory]
    [InlineData("user-api", true)]
    [InlineData("user-api", false)]
    [InlineData("order-api", true)]
    [InlineData("order-api", false)]
    public async Task A_key_stored_by_another_replica_meanwhile_is_replayed_or_refused(string service, bool isSameRequest)
    {
        var operation = await OperationOfAsync(service);
        var (key, body, other) = (NewKey(), operation.NewBody(), operation.NewBody());
        using var stored = await PostAsync(operation, NewKey(), body);
        var created = await AssertCreatedAsync(stored, replayed: false);
        await using var rival = await RivalReplica.StartAsync(operation.Database);
        await rival.TakeAsync(key, operation.IdOf(created));

        var posting = PostAsync(operation, key, isSameRequest ? body : other);
        await rival.WaitUntilBlockingAsync();
        await rival.CommitAsync();

        using var response = await posting;
        if (isSameRequest)
        {
            Assert.Equal(created, await AssertCreatedAsync(response, replayed: true));
        }
        else
        {
            await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused", response);
        }

        Assert.Equal(1, await operation.CountAsync(body));
        Assert.Equal(0, await operation.CountAsync(other));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Clients_that_retry_through_a_crash_create_one_entity_each(string service)
    {
        var operation = await OperationOfAsync(service);
        var (firstKey, firstBody) = (NewKey(), operation.NewBody());
        using var first = await PostAsync(operation, firstKey, firstBody);
        var created = await AssertCreatedAsync(first, replayed: false);
        using var end = new CancellationTokenSource();
        var sent = 0;
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    var (key, body) = (NewKey(), operation.NewBody());
                    await RetryUntilCreatedAsync(operation, key, body);
                    Assert.Equal(1, await operation.CountAsync(body));
                    Interlocked.Increment(ref sent);
                }
            },
            Cancelled)).ToList();

        await Until.TrueAsync("traffic flows", () => Task.FromResult(Volatile.Read(ref sent)), count => count > 50);
        await Graph.KillAsync(service, Cancelled);
        await Graph.StartAsync(service, Cancelled);
        var before = Volatile.Read(ref sent);
        await Until.TrueAsync("traffic flows again", () => Task.FromResult(Volatile.Read(ref sent)), count => count > before + 50);
        await end.CancelAsync();
        await Task.WhenAll(clients);

        using var again = await PostAsync(operation, firstKey, firstBody);
        Assert.Equal(created, await AssertCreatedAsync(again, replayed: true));
    }

    [Fact]
    public async Task A_retry_replays_the_409_for_a_taken_email()
    {
        var operation = await OperationOfAsync("user-api");
        var (key, body) = (NewKey(), operation.NewBody());
        using var user = await PostAsync(operation, key: null, body);

        using var first = await PostAsync(operation, key, body);
        using var again = await PostAsync(operation, key, body);

        await AssertProblemAsync(HttpStatusCode.Conflict, "email-taken", first);
        Assert.False(first.Headers.Contains(IdempotencyKeyHeaderAttribute.ReplayedHeaderName));
        await AssertProblemAsync(HttpStatusCode.Conflict, "email-taken", again);
        Assert.True(again.Headers.Contains(IdempotencyKeyHeaderAttribute.ReplayedHeaderName));
    }

    [Fact]
    public async Task A_retry_of_an_order_for_an_unknown_user_succeeds_once_the_user_is_known()
    {
        var orderdb = await OpenDatabaseAsync("orderdb");
        var operation = await OperationOfAsync("order-api");
        var (key, userId) = (NewKey(), Guid.CreateVersion7());
        var body = $$"""{"userId":"{{userId}}"}""";

        using var refused = await PostAsync(operation, key, body);
        await AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "unknown-user", refused);

        await using var command = orderdb.CreateCommand("insert into known_users (id) values ($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = userId });
        await command.ExecuteNonQueryAsync(Cancelled);
        using var accepted = await PostAsync(operation, key, body);
        using var again = await PostAsync(operation, key, body);

        Assert.Equal(await AssertCreatedAsync(accepted, replayed: false), await AssertCreatedAsync(again, replayed: true));
    }

    public static TheoryData<string, string> Invalid { get; } = new MatrixTheoryData<string, string>(
        ["user-api", "order-api"],
        ["", "\"\"", "\"a", "a b", "a,b", "\"a\", \"b\"", "\"a\\b\"", "cl\u00e9", new string('k', 256), "a\r\nIdempotency-Key: a"]);

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task An_invalid_key_gets_400(string service, string header)
    {
        var operation = await OperationOfAsync(service);
        var body = operation.NewBody();
        using var connection = await SendAsync(operation, header, body);
        using var reader = new StreamReader(connection.GetStream());

        var response = await reader.ReadToEndAsync(Cancelled);

        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Contains("https://userorder.example/problems/validation", response, StringComparison.Ordinal);
        Assert.Contains("\"idempotencyKey\":[\"The header Idempotency-Key must be one key", response, StringComparison.Ordinal);
        Assert.Equal(0, await operation.CountAsync(body));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_OpenAPI_document_describes_the_header_and_the_refusals(string service)
    {
        using var api = new HttpClient { BaseAddress = Graph.GetUrl(service) };
        using var response = await api.GetAsync("/openapi/v1.json", Cancelled);

        var post = (await ReadAsync(response)).GetProperty("paths").EnumerateObject()
            .Select(path => path.Value)
            .Single(path => path.TryGetProperty("post", out _))
            .GetProperty("post");
        var header = Assert.Single(post.GetProperty("parameters").EnumerateArray());
        Assert.Equal("Idempotency-Key", header.GetProperty("name").GetString());
        Assert.Equal("header", header.GetProperty("in").GetString());
        Assert.Equal(IdempotencyKeyHeaderAttribute.Description, header.GetProperty("description").GetString());
        Assert.False(header.TryGetProperty("required", out var required) && required.GetBoolean());
        Assert.All(["400", "409", "422"], status => Assert.True(post.GetProperty("responses").TryGetProperty(status, out _), status));
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private async Task<Operation> OperationOfAsync(string service)
    {
        if (service == "user-api")
        {
            return new Operation(
                UserApi,
                "/v1/users",
                "user.created.v1",
                await OpenDatabaseAsync("userdb"),
                "id",
                () => $$"""{"name":"Ada","email":"{{NewEmail()}}"}""",
                "select count(*) from users where email = $1",
                body => body.GetProperty("email").GetString()!);
        }

        var userId = await CreateUserAsync();
        return new Operation(
            OrderApi,
            "/v1/orders",
            "order.placed.v1",
            await OpenDatabaseAsync("orderdb"),
            "orderId",
            () => $$"""{"userId":"{{userId}}","items":[{"sku":"{{Guid.NewGuid()}}","quantity":2,"unitPrice":1.250}]}""",
            "select count(*) from orders where items @> jsonb_build_array(jsonb_build_object('sku', $1))",
            body => body.GetProperty("items")[0].GetProperty("sku").GetString()!);
    }

    private static async Task<HttpResponseMessage> PostAsync(Operation operation, string? key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, operation.Path) { Content = Json(body) };
        if (key is not null)
        {
            request.Headers.Add(IdempotencyKeyHeaderAttribute.HeaderName, key);
        }

        return await operation.Api.SendAsync(request, Cancelled);
    }

    /// <summary>Sends a request on a new connection without reading the answer. Disposing of the connection resets it.</summary>
    private static async Task<TcpClient> SendAsync(Operation operation, string key, string body)
    {
        var connection = new TcpClient { LingerState = new LingerOption(true, 0) };
        var url = operation.Api.BaseAddress!;
        await connection.ConnectAsync(url.Host, url.Port, Cancelled);
        await connection.GetStream().WriteAsync(
            Encoding.UTF8.GetBytes(
                $"POST {operation.Path} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\nContent-Type: application/json\r\n" +
                $"Content-Length: {body.Length}\r\nIdempotency-Key: {key}\r\n\r\n{body}"),
            Cancelled);
        return connection;
    }

    /// <summary>Retries with the same key until the answer is 201, as a client does.</summary>
    private static async Task RetryUntilCreatedAsync(Operation operation, string key, string body) => await Until.TrueAsync(
        "the answer is 201",
        async () =>
        {
            try
            {
                using var response = await PostAsync(operation, key, body);
                Assert.Contains(
                    response.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.ServiceUnavailable });
                if (response.StatusCode == HttpStatusCode.Conflict)
                {
                    await AssertInFlightAsync(response);
                }

                return response.StatusCode;
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
            {
                return HttpStatusCode.ServiceUnavailable;
            }
        },
        status => status == HttpStatusCode.Created);

    /// <summary>Asserts a 201, either new or replayed, and returns its body.</summary>
    private static async Task<string> AssertCreatedAsync(HttpResponseMessage response, bool replayed)
    {
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(
            replayed ? ["true"] : [],
            response.Headers.TryGetValues(IdempotencyKeyHeaderAttribute.ReplayedHeaderName, out var values) ? values : []);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    private static async Task AssertInFlightAsync(HttpResponseMessage response)
    {
        await AssertProblemAsync(HttpStatusCode.Conflict, "idempotency-key-in-flight", response);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }

    /// <summary>A service's POST. Each new body contains a unique mark, by which a test counts the created entities.</summary>
    private sealed record Operation(
        HttpClient Api,
        string Path,
        string Event,
        NpgsqlDataSource Database,
        string IdName,
        Func<string> NewBody,
        string Count,
        Func<JsonElement, string> MarkOf)
    {
        public Guid IdOf(string created)
        {
            using var json = JsonDocument.Parse(created);
            return json.RootElement.GetProperty(IdName).GetGuid();
        }

        public Task<long> CountAsync(string body)
        {
            using var json = JsonDocument.Parse(body);
            return IntegrationTest.CountAsync(Database, Count, MarkOf(json.RootElement));
        }
    }
}
