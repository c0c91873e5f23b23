using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Polly.CircuitBreaker;
using Polly.Timeout;
using UserOrder.OrderApi.KnownUsers;

namespace UserOrder.Tests.KnownUsers;

/// <summary>Only a clear answer is an answer.</summary>
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
    public async Task A_status_settles_it_or_not(HttpStatusCode status, string lookup) =>
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
    public async Task Without_an_answer_UserApi_is_unavailable(Exception failure) =>
        Assert.Equal("Unavailable", await FindAsync(() => throw failure));

    private static async Task<string> FindAsync(Func<HttpResponseMessage> answer)
    {
        using var http = new HttpClient(new Answer(answer)) { BaseAddress = new Uri("http://user-api") };
        var client = new UserApiClient(http, NullLogger<UserApiClient>.Instance);
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
