using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using UserOrder.Messaging.Settings;

namespace UserOrder.Messaging.Broker;

/// <summary>
/// Provisions the service's broker user, if an administrator's login to the management API is configured. Every step is idempotent, and any
/// number of replicas may run it at once.
/// </summary>
/// <param name="management">
/// The management API with the administrator's login, <c>http://user:password@host:15672</c>; null if the user exists already.
/// </param>
/// <param name="factory">Holds the service's user, its password and the virtual host.</param>
/// <param name="queues">The queues that the service consumes from.</param>
/// <param name="published">The event types that the service publishes.</param>
/// <param name="time">The clock that spaces out the attempts.</param>
/// <param name="options">Holds the name of the exchange.</param>
/// <param name="logger">Logs that the API refuses or does not answer.</param>
internal sealed partial class BrokerAccess(
    Uri? management,
    IConnectionFactory factory,
    IEnumerable<SubscribedQueue> queues,
    IEnumerable<PublishedType> published,
    TimeProvider time,
    IOptions<MessagingOptions> options,
    ILogger<BrokerAccess> logger) : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _granting = new(1);
    private volatile bool _granted;
    private volatile bool _isForgotten;
    private bool _failed;
    private long? _lastAttempt;

    /// <summary>
    /// Provisions the user before a connection, if that has not succeeded yet. It only logs a failure, because the user may exist already.
    /// </summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_granted || management is null)
        {
            return;
        }

        await _granting.WaitAsync(cancellationToken);
        try
        {
            // Components that meet the same refusal share one attempt.
            if (_granted || (_lastAttempt is { } last && time.GetElapsedTime(last) < MinPause))
            {
                return;
            }

            _isForgotten = false;
            await GrantAsync(cancellationToken);
            _failed = false;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            if (!_failed)
            {
                LogNotGranted(exception.Message);
            }

            _failed = true;
        }
        finally
        {
            _granting.Release();
        }
    }

    /// <summary>Provisions the user again after <see cref="Forget"/>, at most once in 5 s.</summary>
    public Task RenewAsync(CancellationToken cancellationToken) => _isForgotten ? EnsureAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Records that the broker lacks something: the user, a right of it, the exchange or the virtual host.</summary>
    public void Forget()
    {
        _granted = false;
        _isForgotten = true;
    }

    /// <summary>Creates the virtual host, the exchange, the user with its password, and the user's permissions.</summary>
    /// <exception cref="HttpRequestException">The API refuses or does not answer.</exception>
    /// <exception cref="TaskCanceledException">The API did not answer within 5 s.</exception>
    public async Task GrantAsync(CancellationToken cancellationToken)
    {
        if (management is null)
        {
            return;
        }

        _lastAttempt = time.GetTimestamp();
        using var transport = CreateTransport();
        using var api = new HttpClient(transport) { BaseAddress = new Uri(management, "/api/"), Timeout = AnswerTimeout };
        var login = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo));
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(login));

        var exchange = options.Value.Exchange;
        var permissions = BrokerPermissions.Of(exchange, [.. queues], published);
        var (host, user) = (Uri.EscapeDataString(factory.VirtualHost), Uri.EscapeDataString(factory.UserName));
        await EnsureVirtualHostAsync();
        await PutAsync($"exchanges/{host}/{Uri.EscapeDataString(exchange)}", new() { ["type"] = ExchangeType.Topic, ["durable"] = true });
        await PutAsync($"users/{user}", new() { ["password"] = factory.Password, ["tags"] = "" });
        await PutAsync($"topic-permissions/{host}/{user}", new()
        {
            ["exchange"] = exchange,
            ["write"] = permissions.TopicWrite,
            ["read"] = permissions.TopicRead,
        });
        await PutAsync($"permissions/{host}/{user}", new()
        {
            ["configure"] = permissions.Configure,
            ["write"] = permissions.Write,
            ["read"] = permissions.Read,
        });
        _granted = true;

        async Task EnsureVirtualHostAsync()
        {
            using var existing = await api.GetAsync(new Uri($"vhosts/{host}", UriKind.Relative), cancellationToken);
            if (existing.StatusCode == HttpStatusCode.NotFound)
            {
                // Without rights in the virtual host, even an administrator may not declare the exchange there.
                var administrator = management.UserInfo.Split(':')[0];
                await PutAsync($"vhosts/{host}", []);
                await PutAsync($"permissions/{host}/{administrator}", new() { ["configure"] = ".*", ["write"] = ".*", ["read"] = ".*" });
            }
        }

        async Task PutAsync(string path, JsonObject body)
        {
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await api.PutAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
    }

    public void Dispose() => _granting.Dispose();

    /// <summary>Trusts the same certificates for the management API as the factory does for AMQP.</summary>
    private SocketsHttpHandler CreateTransport()
    {
        var transport = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (factory is ConnectionFactory { Ssl.CertificateValidationCallback: { } accepts })
        {
            transport.SslOptions.RemoteCertificateValidationCallback = accepts;
        }

        return transport;
    }

    [LoggerMessage(15, LogLevel.Warning, "The service's broker user could not be created or changed: {Reason}")]
    private partial void LogNotGranted(string reason);
}
