using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Contracts;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>Helpers to call the graph, so that a test reads as request and assertion. They check answers against the contracts.</summary>
[Collection(GraphTests.Name)]
public abstract class IntegrationTest(RunningGraph graph) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _opened = [];
    private HttpClient? _userApi;
    private HttpClient? _orderApi;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected IRunningGraph Graph => graph.Current;

    protected HttpClient UserApi =>
        _userApi ??= new HttpClient(new ContractHandler(OpenApiContract.UserApi)) { BaseAddress = Graph.GetUrl("user-api") };

    protected HttpClient OrderApi =>
        _orderApi ??= new HttpClient(new ContractHandler(OpenApiContract.OrderApi)) { BaseAddress = Graph.GetUrl("order-api") };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }

        _userApi?.Dispose();
        _orderApi?.Dispose();
    }

    protected static string NewEmail() => $"{Guid.NewGuid():N}@example.com";

    /// <summary>Skips the test, with the reason, if the tests did not start the graph themselves.</summary>
    protected void RequireOwnGraph() => Assert.SkipWhen(Graph.RunsElsewhere is not null, Graph.RunsElsewhere ?? "");

    protected async Task<Guid> CreateUserAsync()
    {
        using var response = await UserApi.PostAsJsonAsync("/v1/users", new { name = "Ada Lovelace", email = NewEmail() }, Cancelled);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await ReadAsync(response)).GetProperty("id").GetGuid();
    }

    protected Task<HttpResponseMessage> PlaceOrderAsync(Guid userId) =>
        OrderApi.PostAsJsonAsync(
            "/v1/orders", new { userId, items = new[] { new { sku = "tea", quantity = 2, unitPrice = 1.25m } } }, Cancelled);

    protected async Task<long> OrderCountAsync(Guid userId)
    {
        using var response = await UserApi.GetAsync($"/v1/users/{userId}", Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await ReadAsync(response)).GetProperty("orderCount").GetInt64();
    }

    protected static async Task<JsonElement> ReadAsync(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);

    protected static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>Asserts that the answer is a problem document with this status and type.</summary>
    protected static async Task<JsonElement> AssertProblemAsync(HttpStatusCode status, string type, HttpResponseMessage response)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await ReadAsync(response);
        Assert.Equal($"https://userorder.example/problems/{type}", problem.GetProperty("type").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    /// <summary>Opens a database of the graph by its name.</summary>
    protected async Task<NpgsqlDataSource> OpenDatabaseAsync(string name) => Open(await Graph.GetConnectionStringAsync(name, Cancelled));

    /// <summary>Creates an empty database on UserApi's server.</summary>
    /// <returns>The owner's connection string.</returns>
    protected async Task<string> CreateDatabaseAsync(string name)
    {
        var server = await OpenDatabaseAsync("userdb");
        await using var command = server.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync(Cancelled);
        var userdb = await Graph.GetConnectionStringAsync("userdb", Cancelled);
        return new NpgsqlConnectionStringBuilder(userdb) { Database = name }.ConnectionString;
    }

    /// <summary>Opens a database until the end of the test.</summary>
    protected NpgsqlDataSource Open(string connectionString)
    {
        var database = NpgsqlDataSource.Create(connectionString);
        _opened.Add(database);
        return database;
    }

    protected static async Task<long> CountAsync(NpgsqlDataSource database, string sql, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }

    /// <summary>Publishes <see cref="Thing.Happened"/> as another service would, without the outbox of the one under test.</summary>
    protected async Task PublishThingAsync(string exchange, string name, Guid? id = null)
    {
        var channel = await OpenChannelAsync();
        var body = CloudEventWriter.Write(
            Thing.Happened, id ?? Guid.CreateVersion7(), "/tests", name, DateTimeOffset.UtcNow, origin: null, new Thing(name));
        await channel.BasicPublishAsync(
            exchange, Thing.Happened.Name, mandatory: true, new BasicProperties { Persistent = true }, body, Cancelled);
    }

    /// <summary>Opens a channel to the broker with publisher confirms.</summary>
    protected async Task<IChannel> OpenChannelAsync()
    {
        var factory = new ConnectionFactory { Uri = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)) };
        var connection = await factory.CreateConnectionAsync(Cancelled);
        _opened.Add(connection);
        return await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancelled);
    }
}
