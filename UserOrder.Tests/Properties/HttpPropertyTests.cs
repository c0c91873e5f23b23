using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using UserOrder.ApiDefaults.Bodies;
using UserOrder.OrderApi.Orders;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.UserApi.Users;

namespace UserOrder.Tests.Properties;

/// <summary>For any input, a service sends no <c>5xx</c> but the documented <c>503</c>, reveals no internals and keeps serving.</summary>
public sealed class HttpPropertyTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string Problems = "https://userorder.example/problems/";
    private const int BatchSize = 8;

    private static readonly JsonSerializerOptions ByValue =
        new(JsonSerializerDefaults.Web) { Converters = { new ExactDecimalConverter(), new ExactInt32Converter() } };

    [Fact]
    public async Task Any_request_gets_its_result_or_a_problem_document()
    {
        var userId = await CreateUserAsync();
        var orderId = await PlacedOrderAsync(userId);
        await Property.HoldsAsync(ArbitraryHttp.Requests, input => input.Smaller(), BatchSize, async inputs =>
        {
            await Task.WhenAll(inputs.Select(input => SendAsync(input, userId, orderId)));
            await AssertServingAsync();
        });
    }

    [Fact]
    public async Task Malformed_HTTP_is_refused_or_disconnected()
    {
        await Property.HoldsAsync(ArbitraryHttp.Streams, input => input.Smaller(), BatchSize, async inputs =>
        {
            await Task.WhenAll(inputs.Select(SendAsync));
            await AssertServingAsync();
        });

        async Task SendAsync(StreamInput input)
        {
            var octets = await RawHttp.ExchangeAsync(Graph.GetUrl(input.Service), input.Sent, isWhole: false, Cancelled);
            if (RawHttp.Parse(octets) is { } answer)
            {
                // 505 is HTTP's own answer to an unsupported version (RFC 9110, section 15.6.6).
                Assert.True(answer.Status is < 500 or 505 || IsDocumented503(answer), octets);
                if (answer.Status >= 400)
                {
                    AssertRevealsNoInternals(answer.Body);
                }
            }
        }
    }

    private async Task SendAsync(HttpInput input, Guid userId, Guid orderId)
    {
        var fresh = Guid.NewGuid();
        string Fill(string text) => text
            .Replace("{user}", $"{userId}", StringComparison.Ordinal)
            .Replace("{USER}", $"{userId}".ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("{order}", $"{orderId}", StringComparison.Ordinal)
            .Replace("{guid}", $"{fresh}", StringComparison.Ordinal)
            .Replace("{GUID}", $"{fresh}".ToUpperInvariant(), StringComparison.Ordinal);

        var request = input.Render(Fill);
        var octets = await RawHttp.ExchangeAsync(Graph.GetUrl(input.Service), request, isWhole: true, Cancelled);
        if (RawHttp.Parse(octets) is not { } answer)
        {
            Assert.True(request.Length > 32 * 1024, $"No answer to {input}");
            return;
        }

        Assert.True(answer.Status < 500 || IsDocumented503(answer), $"{input}: {octets}");
        if (answer.Status >= 400 && answer.Body.Length > 0)
        {
            AssertProblem(input, answer);
        }

        if (answer.Status == 201)
        {
            await AssertStoredAsync(input, Fill(input.Body), answer);
        }
    }

    private static bool IsDocumented503(RawAnswer answer) =>
        answer.Status == 503 && answer.Headers.Contains("Retry-After") &&
        JsonDocument.Parse(answer.Body).RootElement.GetProperty("type").GetString()
            is Problems + "user-api-unavailable" or Problems + "database-unavailable";

    private static void AssertProblem(HttpInput input, RawAnswer answer)
    {
        Assert.True(
            answer.Headers["Content-Type"].SingleOrDefault() == "application/problem+json", $"{input}: {answer.Status} {answer.Body}");
        var problem = JsonDocument.Parse(Octets.ToBytes(answer.Body)).RootElement;
        Assert.StartsWith(Problems, problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(answer.Status, problem.GetProperty("status").GetInt32());
        AssertRevealsNoInternals(answer.Body);
    }

    private static void AssertRevealsNoInternals(string body)
    {
        Assert.DoesNotContain("System.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("UserOrder.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
    }

    /// <summary>Asserts that the entity at the location equals both the answer and the request.</summary>
    private async Task AssertStoredAsync(HttpInput input, string sent, RawAnswer answer)
    {
        using var api = new HttpClient { BaseAddress = Graph.GetUrl(input.Service) };
        var found = await api.GetFromJsonAsync<JsonElement>(answer.Headers["Location"].Single(), Cancelled);
        foreach (var answered in JsonDocument.Parse(Octets.ToBytes(answer.Body)).RootElement.EnumerateObject())
        {
            var stored = found.GetProperty(answered.Name);
            Assert.True(JsonElement.DeepEquals(answered.Value, stored), $"{input}: answered {answered}, stored {stored}");
        }

        if (input.Service == "user-api")
        {
            var request = Read<CreateUserRequest>(sent);
            Assert.Equal(request.Name, found.GetProperty("name").GetString());
            Assert.Equal(request.Email, found.GetProperty("email").GetString());
        }
        else
        {
            var request = Read<PlaceOrderRequest>(sent);
            Assert.Equal(request.UserId, found.GetProperty("userId").GetGuid());
            Assert.Equal(request.Items ?? [], found.GetProperty("items").Deserialize<List<OrderItem>>(JsonSerializerOptions.Web)!);
        }
    }

    private static T Read<T>(string sent)
    {
        using var body = new MemoryStream(Octets.ToBytes(sent));
        return JsonSerializer.Deserialize<T>(body, ByValue)!;
    }

    private static async Task<string?> HealthOfAsync(HttpClient api)
    {
        using var response = await api.GetAsync("/health", Cancelled);
        return (await ReadAsync(response)).GetProperty("status").GetString();
    }

    /// <summary>Asserts that both services are healthy and that UserApi counts a new order.</summary>
    private async Task AssertServingAsync()
    {
        foreach (var api in new[] { UserApi, OrderApi })
        {
            using var alive = await api.GetAsync("/alive", Cancelled);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

            // An outage of another test may have ended just before.
            await Until.EqualAsync("Healthy", "the service is healthy", () => HealthOfAsync(api));
        }

        var userId = await CreateUserAsync();
        await PlacedOrderAsync(userId);
        await Until.EqualAsync(1, "UserApi counts the order", () => OrderCountAsync(userId));
    }

    private async Task<Guid> PlacedOrderAsync(Guid userId)
    {
        using var placed = await PlaceOrderAsync(userId);
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        return (await ReadAsync(placed)).GetProperty("orderId").GetGuid();
    }
}
