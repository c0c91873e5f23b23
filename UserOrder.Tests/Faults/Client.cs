using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace UserOrder.Tests.Faults;

/// <summary>Sends the requests of the ledger and records every answer in it.</summary>
internal sealed class Client(Ledger ledger, Func<string, Uri> endpointOf, int patienceSeconds = 5) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(patienceSeconds) };

    public Client(FaultySystem system)
        : this(system.Ledger, service => system.Graph.GetUrl(service))
    {
    }

    /// <summary>Sends a request to a replica once.</summary>
    /// <returns>The id in the 201; null after another answer or none.</returns>
    public async Task<Guid?> SendAsync(Intent intent, string service, CancellationToken cancellationToken)
    {
        ledger.CountRequest();
        try
        {
            using var request = RequestFor(intent, service);
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Created)
            {
                var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                var id = body.GetProperty(intent.UserId is null ? "id" : "orderId").GetGuid();
                ledger.NoteCreated(intent, id);
                return id;
            }

            var problem = await response.Content.ReadAsStringAsync(cancellationToken);
            ledger.Refusals.Enqueue($"{service}: {(int)response.StatusCode} {problem}");
            if (!IsExcused(response.StatusCode, problem, intent))
            {
                ledger.WrongAnswers.Enqueue($"{service}: {(int)response.StatusCode} {problem}");
            }
        }
        catch (Exception exception) when (IsConnectionFailure(exception))
        {
            // Without a 201 the service owes the client nothing.
            ledger.Refusals.Enqueue($"{service}: {exception.Message}");
        }

        return null;
    }

    /// <summary>The unhealthy checks of a replica, empty if all are healthy; null without an answer.</summary>
    public async Task<string?> FindUnhealthyChecksAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(endpointOf(service), "/health"), cancellationToken);
            var health = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            var checks = health.GetProperty("checks").EnumerateObject();
            return string.Join(", ", checks.Where(check => check.Value.GetProperty("status").GetString() != "Healthy"));
        }
        catch (Exception exception) when (IsConnectionFailure(exception))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Whether the client received no answer or only a part of one.</summary>
    private static bool IsConnectionFailure(Exception exception) =>
        exception is HttpRequestException or SocketException or IOException or TaskCanceledException or JsonException;

    /// <summary>During a fault a service may answer 503, and 409 to a retry while the first request still runs.</summary>
    private static bool IsExcused(HttpStatusCode status, string problem, Intent intent) =>
        status == HttpStatusCode.ServiceUnavailable ||
        (status == HttpStatusCode.Conflict && intent.HasKey && problem.Contains("idempotency-key-in-flight", StringComparison.Ordinal));

    private HttpRequestMessage RequestFor(Intent intent, string service)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(endpointOf(service), intent.UserId is null ? "/v1/users" : "/v1/orders"))
        {
            Content = intent.UserId is { } userId
                ? JsonContent.Create(new { userId, items = new[] { new { sku = intent.Marker, quantity = 2, unitPrice = 1.25m } } })
                : JsonContent.Create(new { name = "Ada Lovelace", email = intent.Marker }),
        };
        if (intent.HasKey)
        {
            request.Headers.Add("Idempotency-Key", intent.Marker);
        }

        return request;
    }
}
