using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using UserOrder.ApiDefaults.Limits;
using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Properties;

namespace UserOrder.Tests.Security;

/// <summary>Limits protect clients from other clients that flood a service or hold connections.</summary>
public sealed class LimitTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const long Mebibyte = 1024 * 1024;
    private const string JsonPost = "POST /v1/users HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

    [Fact]
    public async Task A_caller_over_the_rate_limit_gets_429_and_others_are_served()
    {
        RequireOwnGraph();
        await using var services = await SecuredServices.StartAsync(Graph, ("Limits__RequestsPerSecond", "20"));
        var (greedy, modest) = (services.Issuer.Token("greedy", "admin"), services.Issuer.Token("modest", "admin"));
        var before = services.UserApi.WorkingSet;

        var flood = Enumerable.Range(0, 16).Select(async _ =>
        {
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < 50; i++)
            {
                using var answer = await SecuredServices.SendAsync(services.UserApi.Api, HttpMethod.Get, "/v1/users?limit=1", greedy);
                statuses.Add(answer.StatusCode);
            }

            return statuses;
        }).ToList();
        for (var i = 0; i < 10; i++)
        {
            using var answer = await SecuredServices.SendAsync(services.UserApi.Api, HttpMethod.Get, "/v1/users?limit=1", modest);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            using var probe = await services.UserApi.Api.GetAsync("/alive", Cancelled);
            Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        }

        var answered = (await Task.WhenAll(flood)).SelectMany(statuses => statuses).CountBy(status => status).ToDictionary();
        Assert.True(answered[HttpStatusCode.TooManyRequests] > answered[HttpStatusCode.OK], string.Join(", ", answered));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answered.Keys.Order());
        Assert.InRange(services.UserApi.WorkingSet - before, long.MinValue, 64 * Mebibyte);

        // Every operation gives the documented answer.
        foreach (var service in ContractFiles.Services)
        {
            using var api = new HttpClient(new ContractHandler(OpenApiContract.Of(service))) { BaseAddress = services.Of(service).Url };
            foreach (var operation in OpenApiContract.Of(service).Operations)
            {
                var refused = await Until.TrueAsync(
                    "a request is refused",
                    async () => (await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => SecuredServices.SendAsync(api, operation, greedy))))
                        .FirstOrDefault(answer => answer.StatusCode == HttpStatusCode.TooManyRequests),
                    found => found is not null);
                await AssertProblemAsync(HttpStatusCode.TooManyRequests, "too-many-requests", refused!);
                Assert.True(refused!.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            }
        }
    }

    [Fact]
    public async Task Requests_beyond_the_queue_limit_get_503_with_Retry_After()
    {
        RequireOwnGraph();
        await using var services = await SecuredServices.StartAsync(
            Graph, ("Limits__ConcurrentRequests", "1"), ("Limits__QueuedRequests", "1"));
        var token = services.Issuer.Token("busy", "admin");
        var user = await CreateUserAsync();
        foreach (var service in ContractFiles.Services)
        {
            var key = Guid.NewGuid().ToString();
            await using var rival = await RivalReplica.StartAsync(await OpenDatabaseAsync(service == "user-api" ? "userdb" : "orderdb"));
            await rival.TakeAsync($"busy\t{key}", Guid.NewGuid());
            var (path, body) = service == "user-api"
                ? ("/v1/users", $$"""{"name":"Ada","email":"{{NewEmail()}}"}""")
                : ("/v1/orders", $$"""{"userId":"{{user}}"}""");
            var running = SecuredServices.SendAsync(services.Of(service).Api, HttpMethod.Post, path, token, body, key);
            await rival.WaitUntilBlockingAsync();

            // Of two more requests, the queue takes one and the service refuses the other.
            var two = Enumerable.Range(0, 2)
                .Select(_ => SecuredServices.SendAsync(services.Of(service).Api, HttpMethod.Get, "/v1/nowhere", token))
                .ToList();
            var first = await Task.WhenAny(two);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await first).StatusCode);
            var waiting = two.Single(request => request != first);

            using var api = new HttpClient(new ContractHandler(OpenApiContract.Of(service))) { BaseAddress = services.Of(service).Url };
            foreach (var operation in OpenApiContract.Of(service).Operations)
            {
                using var refused = await SecuredServices.SendAsync(api, operation, token);
                await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "overloaded", refused);
                Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            }

            using var probe = await api.GetAsync("/health", Cancelled);
            Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
            await rival.RollbackAsync();
            using var created = await running;
            using var waited = await waiting;
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, waited.StatusCode);
        }
    }

    [Fact]
    public async Task Slow_clients_are_disconnected_while_others_are_served_and_memory_stays_bounded()
    {
        RequireOwnGraph();
        const int slowClients = 300;
        await using var service = await StartOpenAsync(("Limits__HeadersSeconds", "2"), ("Limits__Connections", "400"));
        var before = service.WorkingSet;
        var slow = Enumerable.Range(0, slowClients).Select(i => i % 2 == 0
            ? HoldAsync(service.Url, "GET /v1/users HTTP/1.1\r\nHost: a\r\n", "X-A: b\r\n")
            : HoldAsync(service.Url, $"{JsonPost}Content-Length: 1000\r\n\r\n{{", " ")).ToList();

        do
        {
            using var answer = await service.Api.GetAsync("/v1/users?limit=1", Cancelled);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.InRange(service.WorkingSet - before, long.MinValue, 96 * Mebibyte);
        }
        while (await Task.WhenAny(Task.WhenAll(slow), Task.Delay(200, Cancelled)) is { } first && slow.Any(client => !client.IsCompleted));

        Assert.All(
            await Task.WhenAll(slow),
            answer => Assert.True(answer.Length == 0 || answer.Contains(" 408 ", StringComparison.Ordinal), answer));
    }

    [Fact]
    public async Task A_client_that_reads_its_answers_slowly_is_disconnected_and_a_fast_one_gets_them_all()
    {
        RequireOwnGraph();
        const int answers = 40;
        await using var service = await StartOpenAsync();
        var document = await service.Api.GetByteArrayAsync("/openapi/v1.json", Cancelled);

        var slow = ReadAsync(service.Url, answers, isSlow: true);
        var fast = await ReadAsync(service.Url, answers, isSlow: false);

        Assert.InRange(fast, answers * document.Length, long.MaxValue);
        Assert.InRange(await slow.WaitAsync(TimeSpan.FromSeconds(90), Cancelled), 1, Mebibyte / 4);
    }

    [Fact]
    public void The_server_limits_slow_senders_and_slow_readers()
    {
        var kestrel = new KestrelServerOptions();

        new ConnectionLimits(Options.Create(new LimitOptions())).Configure(kestrel);

        Assert.Equal((240, 5), Rate(kestrel.Limits.MinRequestBodyDataRate));
        Assert.Equal((16 * 1024, 10), Rate(kestrel.Limits.MinResponseDataRate));

        static (double BytesPerSecond, double GraceSeconds) Rate(MinDataRate? rate) =>
            (rate!.BytesPerSecond, rate.GracePeriod.TotalSeconds);
    }

    [Fact]
    public async Task A_thousand_slow_bodies_of_one_caller_hold_no_permit_and_half_of_them_are_refused()
    {
        RequireOwnGraph();
        const int slowClients = 1000;
        const int bound = 500;
        await using var issuer = await IssuerUnderTest.StartAsync();
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("Security__Authority", issuer.Url),
                ("Security__Audience", IssuerUnderTest.Audience),
                ("Limits__RequestsPerSecond", "0"),
                ("Limits__ConcurrentRequests", "100"),
            ]);
        var (greedy, modest) = (issuer.Token("greedy", "users:write"), issuer.Token("modest", "users:write"));
        var start = $"{JsonPost}Authorization: Bearer {greedy}\r\nContent-Length: 60000\r\n\r\n{{";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var before = service.WorkingSet;
        var slow = Enumerable.Range(0, slowClients)
            .Select(_ => HoldAsync(service.Url, start, new string(' ', 200), end.Token))
            .ToList();
        await Until.EqualAsync(
            slowClients - bound, "the caller's bound is reached", () => Task.FromResult(slow.Count(client => client.IsCompleted)));

        for (var i = 0; i < 20; i++)
        {
            using var created = await SecuredServices.SendAsync(
                    service.Api, HttpMethod.Post, "/v1/users", modest, $$"""{"name":"Ada","email":"{{NewEmail()}}"}""")
                .WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }

        Assert.Equal(bound, slow.Count(client => !client.IsCompleted));
        Assert.InRange(service.WorkingSet - before, long.MinValue, 96 * Mebibyte);
        await end.CancelAsync();
        var answers = await Task.WhenAll(slow);
        var refused = answers.Select(RawHttp.Parse).Where(answer => answer?.Status == 429).ToList();
        Assert.Equal(slowClients - bound, refused.Count);
        Assert.All(refused, answer => Assert.True(answer!.Headers.Contains("Retry-After")));
    }

    [Fact]
    public async Task Callers_without_a_token_are_refused_before_their_bodies_arrive()
    {
        RequireOwnGraph();
        await using var issuer = await IssuerUnderTest.StartAsync();
        await using var service = await ServiceUnderTest.StartAsync(
            "user-api",
            [
                .. await SecuredServices.ConnectionsAsync(Graph),
                ("Security__Authority", issuer.Url),
                ("Security__Audience", IssuerUnderTest.Audience),
            ]);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        end.CancelAfter(TimeSpan.FromSeconds(4));

        var answer = await HoldAsync(service.Url, $"{JsonPost}Content-Length: 60000\r\n\r\n{{", new string(' ', 200), end.Token);

        Assert.Equal(401, RawHttp.Parse(answer)?.Status);
    }

    [Fact]
    public async Task Callers_with_many_unknown_users_do_not_exhaust_what_UserApi_grants_OrderApi()
    {
        RequireOwnGraph();
        await using var services = await SecuredServices.StartAsync(
            Graph, ("Limits__RequestsPerSecond", "20"), ("Limits__UserLookupsPerSecond", "10"));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        // Each greedy caller sends more look-ups than UserApi grants a caller.
        var greedy = Enumerable.Range(0, 6).Select(_ => Guid.CreateVersion7()).Select(async user =>
        {
            var statuses = new List<HttpStatusCode>();
            while (!end.IsCancellationRequested)
            {
                statuses.Add(await OrderAsync(user));
            }

            return statuses;
        }).ToList();
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await OrderAsync(Guid.CreateVersion7()));
            await Task.Delay(100, Cancelled);
        }

        await end.CancelAsync();
        var answered = (await Task.WhenAll(greedy)).SelectMany(statuses => statuses).CountBy(status => status).ToDictionary();
        Assert.Equal([HttpStatusCode.UnprocessableEntity, HttpStatusCode.TooManyRequests], answered.Keys.Order());
        using var health = await SecuredServices.SendAsync(
            services.OrderApi.Api, HttpMethod.Get, "/health", services.Issuer.Token("an operator", "admin"));
        var circuits = (await ReadAsync(health)).GetProperty("checks").GetProperty("http-circuits");
        Assert.Equal("all closed", circuits.GetProperty("description").GetString());

        async Task<HttpStatusCode> OrderAsync(Guid user)
        {
            using var answer = await SecuredServices.SendAsync(
                services.OrderApi.Api,
                HttpMethod.Post,
                "/v1/orders",
                services.Issuer.Token($"{user}", "orders:write"),
                $$"""{"userId":"{{user}}"}""");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            }

            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_the_service_keeps_serving()
    {
        RequireOwnGraph();
        await using var service = await StartOpenAsync(("Limits__Connections", "20"));
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 60; i++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync(service.Url.Host, service.Url.Port, Cancelled);
            }

            await Until.TrueAsync(
                "the excess connections are closed", () => Task.FromResult(clients.Count(IsClosed)), closed => closed >= 40);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await Until.EqualAsync(true, "the service answers again", async () =>
        {
            try
            {
                using var answer = await service.Api.GetAsync("/alive", Cancelled);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });

        static bool IsClosed(TcpClient client)
        {
            try
            {
                return client.Client.Poll(0, SelectMode.SelectRead) && client.Client.Available == 0;
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    [Theory]
    [InlineData(414, "GET /v1/users?after=LONG HTTP/1.1\r\nHost: a\r\n\r\n", 5_000)]
    [InlineData(431, "GET /v1/users HTTP/1.1\r\nHost: a\r\nX-A: LONG\r\n\r\n", 20_000)]
    [InlineData(431, "GET /v1/users HTTP/1.1\r\nHost: a\r\nMANY\r\n", 100)]
    [InlineData(413, $"{JsonPost}Content-Length: 70000\r\nConnection: close\r\n\r\n", 0)]
    public async Task Oversized_requests_get_413_414_or_431(int status, string request, int size)
    {
        var octets = request
            .Replace("LONG", new string('a', size), StringComparison.Ordinal)
            .Replace("MANY\r\n", string.Concat(Enumerable.Repeat("X-A: b\r\n", size)), StringComparison.Ordinal);

        var answer = await RawHttp.ExchangeAsync(Graph.GetUrl("user-api"), octets, isWhole: true, Cancelled);

        Assert.Equal(status, RawHttp.Parse(answer)?.Status);
    }

    [Fact]
    public void Client_addresses_share_a_bounded_number_of_buckets()
    {
        var buckets = Enumerable.Range(0, 200_000)
            .Select(i => BucketOf(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i])))
            .ToHashSet();

        Assert.InRange(buckets.Count, 10_000, 16_384);
        Assert.Equal(BucketOf(IPAddress.Parse("10.1.2.3")), BucketOf(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.Equal(BucketOf(IPAddress.Parse("2001:db8:1:2::1")), BucketOf(IPAddress.Parse("2001:db8:1:2:ffff::2")));
        Assert.NotEqual(BucketOf(IPAddress.Parse("2001:db8:1:2::1")), BucketOf(IPAddress.Parse("2001:db8:1:3::1")));

        static int BucketOf(IPAddress address) =>
            CallerRates.BucketOf(new DefaultHttpContext { Connection = { RemoteIpAddress = address } });
    }

    private async Task<ServiceUnderTest> StartOpenAsync(params (string Name, string Value)[] settings) =>
        await ServiceUnderTest.StartAsync(
            "user-api", [.. await SecuredServices.ConnectionsAsync(Graph), ("Security__Open", "true"), .. settings]);

    /// <summary>Asks for the OpenAPI document several times, reads until the service closes the connection, and counts the bytes.</summary>
    private static async Task<long> ReadAsync(Uri service, int answers, bool isSlow)
    {
        using var client = new TcpClient();
        if (isSlow)
        {
            // Between programs of one machine the kernel buffers megabytes, which the service takes for read. Small segments and a small
            // window, as of a client far away, keep that to 200 KiB. The numbers are IPPROTO_TCP and TCP_MAXSEG.
            client.ReceiveBufferSize = 4 * 1024;
            client.Client.SetRawSocketOption(6, 2, BitConverter.GetBytes(536));
        }

        await client.ConnectAsync(service.Host, service.Port, Cancelled);
        var stream = client.GetStream();
        var requests = Enumerable.Repeat("GET /openapi/v1.json HTTP/1.1\r\nHost: a\r\n", answers);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{string.Join("\r\n", requests)}Connection: close\r\n\r\n"), Cancelled);
        var buffer = new byte[isSlow ? 1024 : 64 * 1024];
        var received = 0L;
        try
        {
            while (await stream.ReadAsync(buffer, Cancelled) is > 0 and var count)
            {
                received += count;
                await Task.Delay(isSlow ? 300 : 0, Cancelled);
            }
        }
        catch (IOException)
        {
            // A reset closes the connection too.
        }

        return received;
    }

    /// <summary>Sends a few bytes every 300 ms until the service closes the connection, or the end, and returns the answer.</summary>
    private static async Task<string> HoldAsync(Uri service, string start, string more, CancellationToken? end = null)
    {
        var cancelled = end ?? Cancelled;
        using var client = new TcpClient();
        await client.ConnectAsync(service.Host, service.Port, cancelled);
        var stream = client.GetStream();
        var answer = new MemoryStream();
        var reading = stream.CopyToAsync(answer, cancelled);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), cancelled);
            while (await Task.WhenAny(reading, Task.Delay(300, cancelled)) != reading)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(more), cancelled);
            }

            await reading;
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // A reset closes the connection too.
        }

        return Encoding.ASCII.GetString(answer.ToArray());
    }
}
