using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace UserOrder.Tests.Observability;

/// <summary>Helpers to call the observed system.</summary>
[Collection(ObservedTests.Name)]
public abstract class ObservedTest(ObservedSystem system) : IAsyncLifetime
{
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected ObservedSystem Observed => system;

    public ValueTask InitializeAsync()
    {
        PrometheusPrograms.Require();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected static (string Trace, string Caller) NewTrace() => ($"{ActivityTraceId.CreateRandom()}", $"{ActivitySpanId.CreateRandom()}");

    protected async Task<Guid> CreateUserAsync(string? email = null, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/users")
        {
            Content = JsonContent.Create(new { name = "Ada Lovelace", email = email ?? $"{Guid.NewGuid():N}@example.com" }),
        };
        using var response = await SendAsync(system.UserApi, request, traceParent);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetGuid();
    }

    /// <summary>Creates a user and waits until OrderApi knows it, so that an order needs no look-up.</summary>
    protected async Task<Guid> CreateKnownUserAsync()
    {
        var userId = await CreateUserAsync();
        await Until.EqualAsync(
            1, "OrderApi knows the user", () => system.CountAsync("orderdb", "select count(*) from known_users where id = $1", userId));
        return userId;
    }

    protected async Task<HttpStatusCode> PlaceOrderAsync(Guid userId, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/orders")
        {
            Content = JsonContent.Create(new { userId, items = new[] { new { sku = "tea", quantity = 2, unitPrice = 1.25m } } }),
        };
        using var response = await SendAsync(system.OrderApi, request, traceParent);
        return response.StatusCode;
    }

    protected async Task<long> OrderCountAsync(Guid userId) =>
        (await system.UserApi.GetFromJsonAsync<JsonElement>($"/v1/users/{userId}", Cancelled)).GetProperty("orderCount").GetInt64();

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request, string? traceParent)
    {
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        return await client.SendAsync(request, Cancelled);
    }
}
