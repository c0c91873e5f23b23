using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using UserOrder.ApiDefaults.Security;
using UserOrder.Messaging.Tests;

namespace UserOrder.Tests.Security;

/// <summary>The service's own token: concurrent callers share a request, renewal precedes expiry, an expired token is never used.</summary>
public sealed class ClientTokensTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TokenServer _server = new();
    private readonly SteppedTime _clock;
    private readonly ClientTokens _tokens;

    public ClientTokensTests()
    {
        _clock = new SteppedTime(_time);
        _tokens = new ClientTokens(
            _server,
            new ClientOptions
            {
                TokenEndpoint = "http://127.0.0.1/token",
                ClientId = "order api",
                ClientSecret = "a:b",
                Scope = "users:read:any",
            },
            _clock);
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Concurrent_callers_share_one_token_request()
    {
        _server.Hold();
        var waiting = Enumerable.Range(0, 50).Select(_ => _tokens.GetAsync(TestContext.Current.CancellationToken).AsTask()).ToList();
        _server.Release();

        Assert.All(await Task.WhenAll(waiting), token => Assert.Equal("token 1", token));
        Assert.Equal("grant_type=client_credentials&scope=users%3Aread%3Aany", _server.Body);
        Assert.Equal("order%20api:a%3Ab", Encoding.UTF8.GetString(Convert.FromBase64String(_server.Credentials!)));
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task A_token_is_renewed_in_the_background_before_it_expires()
    {
        Assert.Equal("token 1", await GetAsync());
        _time.Advance(TimeSpan.FromSeconds(79));
        Assert.Equal("token 1", await GetAsync());
        await AssertRequestsAsync(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        _server.Hold();
        Assert.Equal("token 1", await GetAsync());
        _server.Release();
        await Until.EqualAsync("token 2", "the token is renewed", GetAsync);
        Assert.Equal(2, _server.Requests);
    }

    [Fact]
    public async Task A_renewal_that_lasts_or_has_just_failed_is_not_repeated()
    {
        Assert.Equal("token 1", await GetAsync());
        _time.Advance(TimeSpan.FromSeconds(80));
        _server.Status = HttpStatusCode.InternalServerError;
        _server.Hold();
        Assert.Equal("token 1", await GetAsync());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal("token 1", await GetAsync());
        await AssertRequestsAsync(2);

        _server.Release();
        await AssertRequestsAsync(2);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("token 1", await GetAsync());
        await AssertRequestsAsync(2);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("token 1", await GetAsync());
        await AssertRequestsAsync(3);
    }

    [Fact]
    public async Task A_token_is_used_until_it_expires_while_the_issuer_fails()
    {
        Assert.Equal("token 1", await GetAsync());
        _server.Status = HttpStatusCode.InternalServerError;
        _time.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal("token 1", await GetAsync());
        _time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<HttpRequestException>(GetAsync);

        _server.Status = HttpStatusCode.OK;
        _time.Advance(TimeSpan.FromSeconds(5));
        await Until.TrueAsync("the token is renewed", async () => await TryGetAsync(), token => token is not null and not "token 1");
    }

    [Fact]
    public async Task A_failure_counts_for_five_seconds_so_that_later_callers_need_not_wait()
    {
        const string reason = "The issuer answers 503 to the request for an access token.";
        _server.Status = HttpStatusCode.ServiceUnavailable;
        Assert.Equal(reason, (await Assert.ThrowsAsync<HttpRequestException>(GetAsync)).Message);
        _server.Status = HttpStatusCode.OK;
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(
            $"The issuer gave no token a moment ago: {reason}", (await Assert.ThrowsAsync<HttpRequestException>(GetAsync)).Message);
        Assert.Equal(1, _server.Requests);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("token 2", await GetAsync());
    }

    [Fact]
    public async Task A_step_of_the_clock_changes_the_age_of_no_token()
    {
        Assert.Equal("token 1", await GetAsync());
        _clock.Step = TimeSpan.FromDays(1);
        Assert.Equal("token 1", await GetAsync());
        Assert.Equal(1, _server.Requests);

        _clock.Step = TimeSpan.FromDays(-1);
        _time.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal("token 2", await GetAsync());
    }

    [Fact]
    public async Task A_rejected_token_is_dropped_unless_it_is_new()
    {
        Assert.Equal("token 1", await GetAsync());
        Assert.False(_tokens.Forget("token 1"));
        Assert.Equal("token 1", await GetAsync());

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(_tokens.Forget("token 1"));
        Assert.Equal("token 2", await GetAsync());
        Assert.True(_tokens.Forget("token 1"));
        Assert.Equal("token 2", await GetAsync());
    }

    [Theory]
    [InlineData("100", 100)]
    [InlineData("86400", 86_400)]
    [InlineData("99999999999", 86_400)]
    [InlineData("0", 60)]
    [InlineData("-5", 60)]
    [InlineData("null", 60)]
    public async Task A_token_is_used_as_long_as_the_issuer_says_but_a_minute_if_it_says_nothing_and_a_day_at_most(
        string expiresIn, int seconds)
    {
        _server.Answer = $$"""{"access_token":"first","expires_in":{{expiresIn}}}""";
        Assert.Equal("first", await GetAsync());
        _server.Status = HttpStatusCode.InternalServerError;

        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("first", await GetAsync());
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAsync<HttpRequestException>(GetAsync);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"access_token":""}""")]
    [InlineData("""{"access_token":7}""")]
    public async Task An_answer_without_a_token_fails_and_does_not_reveal_the_secret(string answer)
    {
        _server.Answer = answer;

        var exception = await Assert.ThrowsAsync<HttpRequestException>(GetAsync);

        string[] reasons = ["The issuer's answer has no access token.", "The issuer's answer is not the JSON of a token endpoint."];
        Assert.Contains(exception.Message, reasons);
        Assert.DoesNotContain("a:b", exception.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Renewals run in the background, so one too many appears only after a moment.</summary>
    private async Task AssertRequestsAsync(int expected)
    {
        await Until.EqualAsync(expected, "the issuer is asked", () => Task.FromResult(_server.Requests));
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(expected, _server.Requests);
    }

    private Task<string> GetAsync() => _tokens.GetAsync(TestContext.Current.CancellationToken).AsTask();

    private async Task<string?> TryGetAsync()
    {
        try
        {
            return await GetAsync();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private sealed class TokenServer : HttpMessageHandler, IHttpClientFactory
    {
        private TaskCompletionSource _gate = Open();
        private int _requests;

        public int Requests => _requests;

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public string? Answer { get; set; }

        public string? Body { get; private set; }

        public string? Credentials { get; private set; }

        public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _gate.SetResult();

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _requests);
            Body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Credentials = request.Headers.Authorization!.Parameter;
            await _gate.Task;
            var answer = Answer ?? $$"""{"access_token":"token {{number}}","token_type":"Bearer","expires_in":100}""";
            return new HttpResponseMessage(Status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }

        private static TaskCompletionSource Open()
        {
            var gate = new TaskCompletionSource();
            gate.SetResult();
            return gate;
        }
    }
}
