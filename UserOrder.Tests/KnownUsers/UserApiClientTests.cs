using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Timeout;
using UserOrder.OrderApi.KnownUsers;
using UserOrder.ServiceDefaults.Http;
using UserOrder.Tests.Integration;
using UserOrder.Tests.ServiceDefaults;

namespace UserOrder.Tests.KnownUsers;

/// <summary>Only a 200 or a 404 of UserApi about this user decides whether the user exists.</summary>
public sealed class UserApiClientTests
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";
    private const string NotFound = "https://userorder.example/problems/not-found";
    private const string Other = "01a208d9-b9e2-716d-a579-8d90e94b5f65";

    /// <summary>Answers by name; <c>ID</c> stands for the id of the user.</summary>
    private static readonly Dictionary<string, (int Status, string? ContentType, string Body, string Lookup)> Answers = new()
    {
        ["found"] = (200, $"{Json}; charset=utf-8", """{"id":"ID","name":"Ada","unknown":{"a":[1]}}""", "Found"),
        ["missing"] = (404, Problem, $$"""{"type":"{{NotFound}}","status":404,"userId":"ID"}""", "NotFound"),
        ["a proxy's page"] = (200, "text/html", "<html>Sign in</html>", "Unavailable"),
        ["a proxy's page as JSON"] = (200, Json, "<html>Sign in</html>", "Unavailable"),
        ["no body"] = (200, Json, "", "Unavailable"),
        ["no content type"] = (200, null, """{"id":"ID"}""", "Unavailable"),
        ["another media type"] = (200, "text/plain", """{"id":"ID"}""", "Unavailable"),
        ["another user"] = (200, Json, $$"""{"id":"{{Other}}"}""", "Unavailable"),
        ["two users"] = (200, Json, $$"""{"id":"ID","id":"{{Other}}"}""", "Unavailable"),
        ["a user without an id"] = (200, Json, """{"name":"Ada"}""", "Unavailable"),
        ["an id of another type"] = (200, Json, """{"id":5}""", "Unavailable"),
        ["a list"] = (200, Json, """[{"id":"ID"}]""", "Unavailable"),
        ["null"] = (200, Json, "null", "Unavailable"),
        ["another success"] = (203, Json, """{"id":"ID"}""", "Unavailable"),
        ["no content"] = (204, null, "", "Unavailable"),
        ["a user in a 404"] = (404, Json, """{"id":"ID"}""", "Unavailable"),
        ["a page for 404"] = (404, "text/html", "<html>Not found</html>", "Unavailable"),
        ["an unknown address"] = (404, Problem, $$"""{"type":"{{NotFound}}","status":404}""", "Unavailable"),
        ["an unknown version"] = (
            404,
            Problem,
            """{"type":"https://userorder.example/problems/unsupported-version","status":404,"userId":"ID"}""",
            "Unavailable"),
        ["a problem without a type"] = (404, Problem, """{"title":"Not Found","status":404,"userId":"ID"}""", "Unavailable"),
        ["another missing user"] = (404, Problem, $$"""{"type":"{{NotFound}}","status":404,"userId":"{{Other}}"}""", "Unavailable"),
        ["a redirect without a target"] = (302, null, "", "Unavailable"),
        ["a refused token"] = (401, Problem, "{}", "Unavailable"),
        ["a refused rate"] = (429, Problem, "{}", "Refused"),
        ["a defect"] = (500, Problem, "{}", "Unavailable"),
        ["an outage"] = (503, Problem, "{}", "Unavailable"),
    };

    public static TheoryData<string> Names { get; } = [.. Answers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Only_an_answer_of_UserApi_about_this_user_settles_the_lookup(string name)
    {
        var (status, contentType, body, lookup) = Answers[name];
        var id = Guid.CreateVersion7();

        Assert.Equal(lookup, await FindAsync(id, () => Response(status, contentType, body, id)));
    }

    public static TheoryData<Exception> Failures { get; } =
    [
        new HttpRequestException("refused"),
        new SocketException((int)SocketError.NotConnected),
        new IOException("the connection was reset"),
        new TimeoutRejectedException(),
        new BrokenCircuitException(),
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failed_call_counts_as_unavailable(Exception failure) =>
        Assert.Equal("Unavailable", await FindAsync(Guid.CreateVersion7(), () => throw failure));

    [Fact]
    public async Task An_outage_of_UserApi_and_its_end_are_each_logged_once()
    {
        var logs = new LogCollector();
        await using var services = Build(logs);
        string[] names = ["found", "a proxy's page", "a defect", "a defect", "a refused rate", "missing", "a refused rate", "found"];
        foreach (var name in names)
        {
            var (status, contentType, body, _) = Answers[name];
            var id = Guid.CreateVersion7();
            await FindAsync(id, () => Response(status, contentType, body, id), services);
        }

        Assert.Equal(1, logs.Count("UserApi is out of reach: another server answers at its address: 200 text/html"));
        Assert.Equal(1, logs.Count("UserApi answers again"));
        Assert.Equal(2, logs.Count(""));
    }

    [Fact]
    public async Task A_redirect_to_a_valid_answer_is_not_followed()
    {
        var id = Guid.CreateVersion7();
        await using var other = await AnsweringServer.StartAsync(AnsweringServer.Text(200, Json, $$"""{"id":"{{id}}"}"""));
        await using var server = await AnsweringServer.StartAsync(
            AnsweringServer.Text(302, null, "", ("Location", new Uri(other.Url, $"/v1/users/{id}").AbsoluteUri)));
        await using var services = BuildWithDefaults(server.Url);

        Assert.Equal(UserLookup.Unavailable, await FindAsync(services, id));
        Assert.Equal(0, other.Requests);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_never_ends_is_no_answer()
    {
        var id = Guid.CreateVersion7();
        var found = $$"""{"id":"{{id}}"}""";
        await using var server = await AnsweringServer.StartAsync(
            AnsweringServer.Text(200, Json, found + new string(' ', BoundedAnswers.MaxBytes)));
        await using var services = BuildWithDefaults(server.Url);
        Assert.Equal(UserLookup.Unavailable, await FindAsync(services, id));

        server.Answer = async context =>
        {
            await AnsweringServer.Text(200, Json, found)(context);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await Task.Delay(100, context.RequestAborted);
            }
        };
        Assert.Equal(UserLookup.Unavailable, await FindAsync(services, id));

        server.Answer = AnsweringServer.Text(200, Json, found);
        Assert.Equal(UserLookup.Found, await FindAsync(services, id));
    }

    [Fact]
    public async Task Answers_of_another_server_open_the_circuit_and_refused_rates_do_not()
    {
        await using var server = await AnsweringServer.StartAsync(AnsweringServer.Text(429, Problem, "{}", ("Retry-After", "1")));
        await using var services = BuildWithDefaults(server.Url);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(UserLookup.Refused, await FindAsync(services, Guid.CreateVersion7()));
        }

        Assert.Equal(20, server.Requests);
        Assert.Equal("all closed", await CircuitsAsync(services));

        server.Answer = AnsweringServer.Text(200, "text/html", "<html>Sign in</html>");
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FindAsync(services, Guid.CreateVersion7()))),
            lookup => Assert.Equal(UserLookup.Unavailable, lookup));
        Assert.Equal("open: user-api", await CircuitsAsync(services));
    }

    private static async Task<string?> CircuitsAsync(ServiceProvider services)
    {
        var health = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        return health.Entries["http-circuits"].Description;
    }

    /// <summary>The client with the defaults of every HTTP client, as in OrderApi.</summary>
    private static ServiceProvider BuildWithDefaults(Uri userApi)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["services:user-api:http:0"] = userApi.AbsoluteUri })
            .Build());
        services.AddLogging();
        services.AddResilientHttpClients();
        services.AddSingleton<UserLookups>();
        services.AddUserApiClient();
        return services.BuildServiceProvider();
    }

    private static Task<UserLookup> FindAsync(ServiceProvider services, Guid id) =>
        services.GetRequiredService<UserApiClient>().FindAsync(id, TestContext.Current.CancellationToken);

    private static ServiceProvider Build(LogCollector logs) =>
        new ServiceCollection()
            .AddMetrics()
            .AddLogging(logging => logging.AddProvider(logs))
            .AddSingleton<UserLookups>()
            .BuildServiceProvider();

    private static async Task<string> FindAsync(Guid id, Func<HttpResponseMessage> answer)
    {
        await using var services = Build(new LogCollector());
        return await FindAsync(id, answer, services);
    }

    private static async Task<string> FindAsync(Guid id, Func<HttpResponseMessage> answer, ServiceProvider services)
    {
        using var http = new HttpClient(new UserApiAnswers { InnerHandler = new Answer(answer) });
        http.BaseAddress = new Uri("http://user-api");
        var client = new UserApiClient(http, services.GetRequiredService<UserLookups>());
        return (await client.FindAsync(id, TestContext.Current.CancellationToken)).ToString();
    }

    private static HttpResponseMessage Response(int status, string? contentType, string body, Guid id)
    {
        var bytes = Encoding.UTF8.GetBytes(body.Replace("ID", $"{id}", StringComparison.Ordinal));
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(bytes) };
        if (contentType is not null)
        {
            response.Content.Headers.Add("Content-Type", contentType);
        }

        return response;
    }

    private sealed class Answer(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return answer();
        }
    }
}
