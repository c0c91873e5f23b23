using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UserOrder.ApiDefaults.Security;

/// <summary>
/// Obtains the service's own access token by the client credentials grant (RFC 6749, section 4.4) and caches it. When a fifth of its
/// lifetime is left, it renews the token in the background. Concurrent calls share one request.
/// </summary>
internal sealed class ClientTokens(IHttpClientFactory http, ClientOptions client, TimeProvider time)
{
    public const string HttpClientName = "access-tokens";

    private static readonly TimeSpan AssumedLifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(1);

    /// <summary>The minimum age of a refused token before its replacement, and the pause after a failed renewal.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Token? _token;
    private Task<Token>? _renewal;
    private (long At, string Reason)? _failure;

    /// <exception cref="HttpRequestException">
    /// The issuer does not answer or sends no token, or did not in the last five seconds.
    /// </exception>
    /// <exception cref="Polly.ExecutionRejectedException">The circuit to the issuer is open, or the issuer takes too long.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        Task<Token> renewal;
        lock (_lock)
        {
            if (_token is { } token && time.GetElapsedTime(token.Start) is var age && age < token.Lifetime)
            {
                if (age >= token.RenewalAge)
                {
                    _token = token with { RenewalAge = age + Pause };
                    _renewal ??= Task.Run(RenewAsync, CancellationToken.None);
                }

                return token.Value;
            }

            // Without this, each caller of a silent issuer would wait for its own attempt.
            if (_renewal is null && _failure is { } failure && time.GetElapsedTime(failure.At) < Pause)
            {
                throw new HttpRequestException($"The issuer gave no token a moment ago: {failure.Reason}");
            }

            renewal = _renewal ??= Task.Run(RenewAsync, CancellationToken.None);
        }

        return (await renewal.WaitAsync(cancellationToken)).Value;
    }

    /// <summary>Discards a refused token.</summary>
    /// <returns>
    /// Whether a retry with another token is worthwhile; false for a new token, because a newer one would be refused too.
    /// </returns>
    public bool Forget(string refused)
    {
        lock (_lock)
        {
            if (_token?.Value != refused)
            {
                return true;
            }

            if (time.GetElapsedTime(_token.Start) < Pause)
            {
                return false;
            }

            _token = null;
            return true;
        }
    }

    private async Task<Token> RenewAsync()
    {
        try
        {
            var token = await RequestAsync();
            lock (_lock)
            {
                _token = token;
                _failure = null;
            }

            return token;
        }
        catch (Exception exception)
        {
            lock (_lock)
            {
                _failure = (time.GetTimestamp(), exception.Message);
            }

            throw;
        }
        finally
        {
            lock (_lock)
            {
                _renewal = null;
            }
        }
    }

    private async Task<Token> RequestAsync()
    {
        var start = time.GetTimestamp();
        using var issuer = http.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, client.TokenEndpoint)
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", client.Scope)]),
            Headers = { Authorization = new AuthenticationHeaderValue("Basic", BasicCredentials()) },
        };
        using var response = await issuer.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"The issuer answers {(int)response.StatusCode} to the request for an access token.", null, response.StatusCode);
        }

        try
        {
            var answer = await response.Content.ReadFromJsonAsync(TokenJson.Default.TokenResponse);
            return answer is { AccessToken.Length: > 0 }
                ? new Token(answer.AccessToken, start, LifetimeOf(answer))
                : throw new HttpRequestException("The issuer's answer has no access token.");
        }
        catch (JsonException)
        {
            throw new HttpRequestException("The issuer's answer is not the JSON of a token endpoint.");
        }
    }

    /// <summary>Form-encodes each part first (RFC 6749, section 2.3.1).</summary>
    private string BasicCredentials() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(
            $"{Uri.EscapeDataString(client.ClientId!)}:{Uri.EscapeDataString(client.ClientSecret!)}"));

    private static TimeSpan LifetimeOf(TokenResponse answer) => answer.ExpiresIn switch
    {
        null or <= 0 => AssumedLifetime,
        var seconds when seconds > LongestLifetime.TotalSeconds => LongestLifetime,
        var seconds => TimeSpan.FromSeconds(seconds.Value),
    };

    /// <param name="Value">The token.</param>
    /// <param name="Start">The timestamp of the request for it.</param>
    /// <param name="Lifetime">How long the issuer's services accept it.</param>
    private sealed record Token(string Value, long Start, TimeSpan Lifetime)
    {
        /// <summary>The age at which to renew it.</summary>
        public TimeSpan RenewalAge { get; init; } = Lifetime * 0.8;
    }
}

/// <summary>The issuer's answer (RFC 6749, section 5.1).</summary>
internal sealed record TokenResponse(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_in")] long? ExpiresIn);

[JsonSerializable(typeof(TokenResponse))]
internal sealed partial class TokenJson : JsonSerializerContext;
