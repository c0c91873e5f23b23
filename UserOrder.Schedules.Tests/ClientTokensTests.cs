using System.Net;
using System.Text;
using UserOrder.ApiDefaults.Security;
using UserOrder.Schedules.Tests.Scheduling;
using IHttpClientFactory = UserOrder.ApiDefaults.Security.IHttpClientFactory;
using Task = System.Threading.Tasks.Task;

namespace UserOrder.Schedules.Tests;

/// <summary>
/// Concurrent calls share one request for a token. None gets an expired or a discarded one, and none waits for ever, also if the issuer
/// fails.
/// </summary>
public sealed class ClientTokensTests
{
    private const int Lifetime = 10;

    [Fact]
    public void Concurrent_calls_share_one_request_and_get_valid_tokens() => Exploration.Holds(CallAsync);

    [Fact]
    public void A_missing_lock_is_found() => Exploration.Finds(Defects.NoLocks, CallAsync, "requests at once");

    private static async Task CallAsync(Scheduler scheduler)
    {
        var issuer = new Issuer(scheduler);
        var options = new ClientOptions
        {
            TokenEndpoint = "https://issuer.example/token",
            ClientId = "orders",
            ClientSecret = "secret",
            Scope = "users:read",
        };
        var tokens = new ClientTokens(issuer, options, scheduler.Time);
        var callers = Enumerable.Range(1, 3).Select(number => scheduler.Spawn($"caller {number}", async () =>
        {
            for (var call = 0; call < 4; call++)
            {
                await Task.Delay(TimeSpan.FromSeconds(scheduler.Random.Next(5)), scheduler.Time);
                var asked = scheduler.Time.Now;
                try
                {
                    var token = await tokens.GetAsync(CancellationToken.None);
                    Assert.True(issuer.Issued[token] + TimeSpan.FromSeconds(Lifetime) > asked, $"{token} had expired before the call.");
                    if (scheduler.Random.Next(4) == 0 && tokens.Forget(token))
                    {
                        // Another caller may have got it before, but none gets it afterwards.
                        Assert.NotEqual(token, await tokens.GetAsync(CancellationToken.None));
                    }
                }
                catch (HttpRequestException exception)
                {
                    Assert.Contains("issuer", exception.Message, StringComparison.Ordinal);
                }
            }
        })).ToList();
        await Task.WhenAll(callers);
    }

    private sealed class Issuer(Scheduler scheduler) : IHttpClientFactory, IIssuer
    {
        private int _requests;

        /// <summary>When the request for each token was sent.</summary>
        public Dictionary<string, TimeSpan> Issued { get; } = [];

        public IIssuer CreateClient(string name) => this;

        public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
        {
            var sent = scheduler.Time.Now;
            Assert.True(++_requests == 1, $"{_requests} requests at once.");
            await scheduler.PauseAsync();
            _requests--;
            if (scheduler.Random.Next(4) == 0)
            {
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            }

            var token = $"token {Issued.Count + 1}";
            Issued[token] = sent;
            var answer = $$"""{"access_token":"{{token}}","expires_in":{{Lifetime}}}""";
            return new HttpResponseMessage { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }

        public void Dispose()
        {
        }
    }
}
