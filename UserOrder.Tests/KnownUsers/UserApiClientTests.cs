using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Timeout;
using UserOrder.OrderApi.KnownUsers;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.KnownUsers;

/// <summary>Only a 200 or a 404 of UserApi decides whether a user exists.</summary>
public sealed class UserApiClientTests
{
    [Theory]
    [InlineData(HttpStatusCode.OK, "Found")]
    [InlineData(HttpStatusCode.NotFound, "NotFound")]
    [InlineData(HttpStatusCode.NoContent, "Unavailable")]
    [InlineData(HttpStatusCode.Moved, "Unavailable")]
    [InlineData(HttpStatusCode.Unauthorized, "Unavailable")]
    [InlineData(HttpStatusCode.TooManyRequests, "Unavailable")]
    [InlineData(HttpStatusCode.InternalServerError, "Unavailable")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "Unavailable")]
    public async Task A_status_maps_to_a_lookup_result(HttpStatusCode status, string lookup) =>
        Assert.Equal(lookup, await FindAsync(() => new HttpResponseMessage(status)));

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
        Assert.Equal("Unavailable", await FindAsync(() => throw failure));

    [Fact]
    public async Task An_outage_of_UserApi_and_its_end_are_each_logged_once()
    {
        var logs = new LogCollector();
        await using var services = Build(logs);
        HttpStatusCode[] statuses =
        [
            HttpStatusCode.OK,
            .. Enumerable.Repeat(HttpStatusCode.BadGateway, 3),
            HttpStatusCode.NotFound,
            HttpStatusCode.OK,
        ];
        foreach (var status in statuses)
        {
            await FindAsync(() => new HttpResponseMessage(status), services);
        }

        Assert.Equal(1, logs.Count("UserApi is out of reach: it answers 502"));
        Assert.Equal(1, logs.Count("UserApi answers again"));
        Assert.Equal(2, logs.Count(""));
    }

    private static ServiceProvider Build(LogCollector logs) =>
        new ServiceCollection()
            .AddMetrics()
            .AddLogging(logging => logging.AddProvider(logs))
            .AddSingleton<UserLookups>()
            .BuildServiceProvider();

    private static async Task<string> FindAsync(Func<HttpResponseMessage> answer)
    {
        await using var services = Build(new LogCollector());
        return await FindAsync(answer, services);
    }

    private static async Task<string> FindAsync(Func<HttpResponseMessage> answer, ServiceProvider services)
    {
        using var http = new HttpClient(new Answer(answer)) { BaseAddress = new Uri("http://user-api") };
        var client = new UserApiClient(http, services.GetRequiredService<UserLookups>());
        return (await client.FindAsync(Guid.CreateVersion7(), TestContext.Current.CancellationToken)).ToString();
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
