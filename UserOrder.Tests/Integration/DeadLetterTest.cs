using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>A service with a queue of its own, and the means to fill and read its dead letters.</summary>
public abstract class DeadLetterTest(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"dead_{Guid.NewGuid():N}";
    private string? _database;

    /// <summary>The connection string of the service's database.</summary>
    protected string Database => _database ?? throw new InvalidOperationException("No replica has been started.");

    protected string Queue => $"{_name}.things";

    protected string Letters => $"/admin/dead-letters/{Queue}";

    private protected static byte[] EventOf(string name) =>
        TestEvents.Envelope(Guid.CreateVersion7(), "thing.happened.v1", new JsonObject { ["name"] = name });

    private protected static string IdOf(JsonElement letter) => letter.GetProperty("id").GetString()!;

    private protected static string TextOf(JsonElement letter) => letter.GetProperty("body").GetProperty("text").GetString()!;

    private protected async Task<Uri> BrokerAsync() => new(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled));

    private protected async Task<DeadLetterService> StartAsync(params (string Key, string Value)[] settings)
    {
        var service = await StartAsync(await BrokerAsync(), settings);
        await Until.TrueAsync(
            "the service consumes", () => Task.FromResult(service.Logs.Count($"Consuming from {Queue}")), count => count > 0);
        return service;
    }

    /// <summary>Starts a replica. All replicas of a test share the database and the queue.</summary>
    private protected async Task<DeadLetterService> StartAsync(Uri broker, params (string Key, string Value)[] settings)
    {
        _database ??= await CreateDatabaseAsync(_name);
        return await DeadLetterService.StartAsync(
            _name, _database, broker, settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value), Cancelled);
    }

    private protected async Task PublishAsync(params string[] names)
    {
        var channel = await OpenChannelAsync();
        foreach (var name in names)
        {
            await channel.BasicPublishAsync("", Queue, mandatory: true, EventOf(name), Cancelled);
        }
    }

    /// <summary>Publishes dead letters as a consumer does.</summary>
    private protected async Task PublishDeadLettersAsync(IChannel channel, params byte[][] bodies)
    {
        var properties = new BasicProperties
        {
            Persistent = true,
            Headers = new Dictionary<string, object?> { ["x-reason"] = "A test published it.", ["x-queue"] = Queue, ["x-mine"] = "kept" },
        };
        foreach (var body in bodies)
        {
            await channel.BasicPublishAsync("", $"{Queue}.dead", mandatory: true, properties, body, Cancelled);
        }
    }

    private protected static async Task<JsonElement> GetAsync(DeadLetterService service, string path)
    {
        using var response = await service.Api.GetAsync(path, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await ReadAsync(response);
    }

    private protected async Task<IReadOnlyList<JsonElement>> ListAsync(DeadLetterService service, string query = "") =>
        [.. (await GetAsync(service, Letters + query)).GetProperty("items").EnumerateArray()];

    private protected async Task WaitForAsync(DeadLetterService service, int count) =>
        await Until.TrueAsync($"there are {count} dead letters", () => ListAsync(service), items => items.Count == count);

    private protected static async Task<int> ReplayAsync(DeadLetterService service, string path)
    {
        using var response = await service.Api.PostAsync(path, null, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await ReadAsync(response)).GetProperty("replayed").GetInt32();
    }

    private protected static async Task<string?> HealthAsync(DeadLetterService service)
    {
        using var response = await service.Api.GetAsync("/health", Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var entry = (await ReadAsync(response)).GetProperty("checks").GetProperty("dead-letters");
        Assert.Equal("Healthy", entry.GetProperty("status").GetString());
        return entry.GetProperty("description").GetString();
    }
}
