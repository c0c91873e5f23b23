using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using UserOrder.ApiDefaults.Security;

namespace UserOrder.Tests.Security;

/// <summary>Calls of another service with the service's own token.</summary>
public sealed class ClientTokenHandlerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Issuer _issuer = new();
    private readonly OtherService _other = new();
    private readonly HttpClient _client;

    public ClientTokenHandlerTests()
    {
        var options = new ClientOptions { TokenEndpoint = "http://127.0.0.1/token", ClientId = "a", ClientSecret = "b", Scope = "c" };
        _client = new HttpClient(new ClientTokenHandler(new ClientTokens(_issuer, options, _time)) { InnerHandler = _other })
        {
            BaseAddress = new Uri("http://other.example"),
        };
    }

    public void Dispose()
    {
        _client.Dispose();
        _other.Dispose();
        _issuer.Dispose();
    }

    [Fact]
    public async Task Each_call_sends_the_token()
    {
        Assert.Equal(HttpStatusCode.OK, await GetAsync());
        Assert.Equal(HttpStatusCode.OK, await GetAsync());

        Assert.Equal(["Bearer token 1", "Bearer token 1"], _other.Received);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        _other.Refused.Add("Bearer token 1");

        Assert.Equal(HttpStatusCode.OK, await GetAsync());
        Assert.Equal(["Bearer token 1", "Bearer token 1", "Bearer token 2"], _other.Received);

        _other.Refused.Add("Bearer token 2");
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync());
        Assert.Equal(4, _other.Received.Count);
        Assert.Equal(4, _other.ReleasedAnswers);
    }

    [Fact]
    public async Task A_refused_call_with_a_body_is_not_repeated()
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        _other.Refused.Add("Bearer token 1");

        using var response = await _client.PostAsync("/", new StringContent("{}"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(2, _other.Received.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Another_refusal_is_no_matter_of_the_token(HttpStatusCode status)
    {
        await GetAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        _other.Status = status;

        Assert.Equal(status, await GetAsync());
        Assert.Equal(2, _other.Received.Count);
    }

    private async Task<HttpStatusCode> GetAsync()
    {
        using var response = await _client.GetAsync("/", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private sealed class OtherService : HttpMessageHandler
    {
        public List<string> Received { get; } = [];

        public HashSet<string> Refused { get; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        /// <summary>An answer that is not released keeps its connection.</summary>
        public int ReleasedAnswers { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var authorization = $"{request.Headers.Authorization}";
            Received.Add(authorization);
            return Task.FromResult(new HttpResponseMessage(Refused.Contains(authorization) ? HttpStatusCode.Unauthorized : Status)
            {
                Content = new Body(() => ReleasedAnswers++),
            });
        }

        private sealed class Body(Action onRelease) : ByteArrayContent([])
        {
            protected override void Dispose(bool disposing)
            {
                onRelease();
                base.Dispose(disposing);
            }
        }
    }

    private sealed class Issuer : HttpMessageHandler, IHttpClientFactory
    {
        private int _issued;

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    $$"""{"access_token":"token {{Interlocked.Increment(ref _issued)}}","expires_in":100}""",
                    Encoding.UTF8,
                    "application/json"),
            });
    }
}
