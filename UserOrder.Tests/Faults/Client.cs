using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using UserOrder.Tests.History;

namespace UserOrder.Tests.Faults;

/// <summary>Sends the requests of the ledger and records every answer in it.</summary>
internal sealed class Client(Ledger ledger, Func<string, Uri> endpointOf, int patienceSeconds = 5) : IDisposable
{
    // What StoredRows expects.
    private const int Quantity = 2;
    private const decimal UnitPrice = 1.25m;

    /// <summary>The problems of which the service knows that it has not carried out the request.</summary>
    private static readonly string[] Refusals = ["outbox-full", "user-api-unavailable", "idempotency-key-in-flight"];

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(patienceSeconds) };

    public Client(FaultySystem system)
        : this(system.Ledger, service => system.Graph.GetUrl(service))
    {
    }

    /// <summary>Sends a request to a replica once.</summary>
    /// <param name="intent">What to create.</param>
    /// <param name="service">The replica.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <param name="client">The number of the client in the history; null for one that sends nothing else.</param>
    /// <returns>The id in the 201; null after another answer or none.</returns>
    public async Task<Guid?> SendAsync(Intent intent, string service, CancellationToken cancellationToken, int? client = null)
    {
        ledger.CountRequest();
        var (start, outcome, id) = (ledger.History.Now, Outcome.Unknown, (Guid?)null);
        try
        {
            using var request = RequestFor(intent, service);
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.Created)
            {
                var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                var created = body.GetProperty(intent.UserId is null ? "id" : "orderId").GetGuid();
                ledger.NoteCreated(intent, created);
                (outcome, id) = (Outcome.Done, created);
            }
            else
            {
                var problem = await response.Content.ReadAsStringAsync(cancellationToken);
                outcome = Refusals.Any(type => problem.Contains(type, StringComparison.Ordinal)) ? Outcome.Refused : Outcome.Unknown;
                NoteRefusal(service, response.StatusCode, problem, IsExcused(response.StatusCode, problem, intent));
            }
        }
        catch (Exception exception) when (IsConnectionFailure(exception))
        {
            // Without a 201 the service owes the client nothing.
            ledger.Refusals.Enqueue($"{service}: {exception.Message}");
        }

        var kind = intent.UserId is null ? EntityKind.User : EntityKind.Order;
        ledger.History.Add(new WriteOperation(
            client ?? ledger.History.NextClient(), start, ledger.History.Now, outcome, kind, intent.Marker, intent.UserId, id));
        return id;
    }

    /// <summary>Reads a user from a replica once.</summary>
    public async Task ReadUserAsync(Guid userId, string service, int client, CancellationToken cancellationToken)
    {
        var start = ledger.History.Now;
        var (outcome, body) = await GetAsync(service, $"/v1/users/{userId}", cancellationToken);
        var found = body is { } user
            ? new UserSeen(user.GetProperty("email").GetString()!, user.GetProperty("orderCount").GetInt64())
            : null;
        ledger.History.Add(new UserRead(client, start, ledger.History.Now, outcome, userId, found));
    }

    /// <summary>Reads the first page of a user's orders from a replica once.</summary>
    public async Task ReadOrdersAsync(Guid userId, string service, int client, CancellationToken cancellationToken)
    {
        var start = ledger.History.Now;
        var (outcome, body) = await GetAsync(service, $"/v1/orders?userId={userId}&limit=100", cancellationToken);
        IReadOnlyList<OrderSeen> orders = body is { } page
            ? [.. page.GetProperty("items").EnumerateArray().Select(order => SeenIn(order, userId))]
            : [];
        var hasMore = body is { } first && first.TryGetProperty("next", out var next) && next.ValueKind != JsonValueKind.Null;
        ledger.History.Add(new OrdersRead(client, start, ledger.History.Now, outcome, userId, orders, hasMore));
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

    private static OrderSeen SeenIn(JsonElement order, Guid userId)
    {
        var items = order.GetProperty("items").EnumerateArray().ToList();
        var marker = items is [var item, ..] ? item.GetProperty("sku").GetString()! : "";
        var isWhole = items.Count == 1
            && items[0].GetProperty("quantity").GetInt32() == Quantity
            && items[0].GetProperty("unitPrice").GetDecimal() == UnitPrice
            && order.GetProperty("total").GetDecimal() == Quantity * UnitPrice
            && order.GetProperty("userId").GetGuid() == userId;
        return new OrderSeen(order.GetProperty("orderId").GetGuid(), marker, isWhole);
    }

    /// <returns>Done with the body, or with null for 404; unknown without an answer.</returns>
    private async Task<(Outcome Outcome, JsonElement? Body)> GetAsync(string service, string path, CancellationToken cancellationToken)
    {
        ledger.CountRequest();
        try
        {
            using var response = await _http.GetAsync(new Uri(endpointOf(service), path), cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return (Outcome.Done, await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
            }

            var problem = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return (Outcome.Done, null);
            }

            NoteRefusal(service, response.StatusCode, problem, response.StatusCode == HttpStatusCode.ServiceUnavailable);
        }
        catch (Exception exception) when (IsConnectionFailure(exception))
        {
            ledger.Refusals.Enqueue($"{service}: {exception.Message}");
        }

        return (Outcome.Unknown, null);
    }

    private void NoteRefusal(string service, HttpStatusCode status, string problem, bool isExcused)
    {
        ledger.Refusals.Enqueue($"{service}: {(int)status} {problem}");
        if (!isExcused)
        {
            ledger.WrongAnswers.Enqueue($"{service}: {(int)status} {problem}");
        }
    }

    private HttpRequestMessage RequestFor(Intent intent, string service)
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(endpointOf(service), intent.UserId is null ? "/v1/users" : "/v1/orders"))
        {
            Content = intent.UserId is { } userId
                ? JsonContent.Create(new { userId, items = new[] { new { sku = intent.Marker, Quantity, UnitPrice } } })
                : JsonContent.Create(new { name = "Ada Lovelace", email = intent.Marker }),
        };
        if (intent.HasKey)
        {
            request.Headers.Add("Idempotency-Key", intent.Marker);
        }

        return request;
    }
}
