using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>A service with a full outbox refuses new requests instead of accepting events that it cannot publish.</summary>
[Collection(DisturbedGraphTests.Name)]
public sealed class BackPressureTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"pressed_{Guid.NewGuid():N}";

    [Theory]
    [InlineData("Messaging:OutboxMaxRows", "3")]
    [InlineData("Messaging:OutboxMaxAge", "00:00:01")]
    public async Task Requests_get_503_with_Retry_After_while_the_outbox_is_full(string limit, string value)
    {
        var uri = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled));
        await using var broker = new TcpProxy(uri.Host, uri.Port, ProxyMode.Reset);
        await using var service = await StartAsync(new UriBuilder(uri) { Host = "127.0.0.1", Port = broker.Port }.Uri, (limit, value));
        using var client = new HttpClient
        {
            BaseAddress = new Uri(
                service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
        };
        var accepted = 0;

        using var refused = await Until.TrueAsync(
            "the outbox is full",
            async () =>
            {
                var response = await client.PostAsync("/things", content: null, Cancelled);
                accepted += response.StatusCode == HttpStatusCode.Created ? 1 : 0;
                return response;
            },
            response => response.StatusCode != HttpStatusCode.Created);
        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "outbox-full", refused);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("Degraded", await OutboxHealthAsync());

        var channel = await OpenChannelAsync();
        await channel.ExchangeDeclareAsync(_name, ExchangeType.Topic, durable: true, cancellationToken: Cancelled);
        await channel.QueueDeclareAsync(_name, durable: true, exclusive: false, autoDelete: false, cancellationToken: Cancelled);
        await channel.QueueBindAsync(_name, _name, "thing.happened.v1", cancellationToken: Cancelled);
        broker.Mode = ProxyMode.Forward;

        await Until.EqualAsync(HttpStatusCode.Created, "requests are accepted again", async () =>
        {
            using var response = await client.PostAsync("/things", content: null, Cancelled);
            accepted += response.StatusCode == HttpStatusCode.Created ? 1 : 0;
            return response.StatusCode;
        });
        await Until.EqualAsync<long>(
            accepted, "every accepted event is at the broker", async () => await channel.MessageCountAsync(_name, Cancelled));
        await Until.EqualAsync("Healthy", "the outbox has room", OutboxHealthAsync);

        async Task<string?> OutboxHealthAsync()
        {
            var health = await client.GetFromJsonAsync<System.Text.Json.JsonElement>("/health", Cancelled);
            return health.GetProperty("entries").GetProperty("outbox").GetProperty("status").GetString();
        }
    }

    private async Task<WebApplication> StartAsync(Uri broker, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["ConnectionStrings:presseddb"] = await CreateDatabaseAsync(_name);
        builder.Configuration["Messaging:Exchange"] = _name;
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddProblemDetails();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = broker });
        builder.AddPostgresDatabase("presseddb", typeof(BackPressureTests).Assembly);
        builder.AddMessaging("pressed").Publish(Thing.Happened);

        var app = builder.Build();
        app.MapHealthChecks("/health", new() { ResponseWriter = WriteHealthAsync });
        app.MapPost("/things", WriteAsync).RequireRoomInOutbox();
        await app.StartAsync(Cancelled);
        await app.Services.GetRequiredService<SchemaMigrator>().Ready.WaitAsync(Cancelled);
        return app;
    }

    private static Task WriteHealthAsync(HttpContext context, HealthReport report)
    {
        var entries = report.Entries.ToDictionary(entry => entry.Key, entry => new { status = entry.Value.Status.ToString() });
        return context.Response.WriteAsJsonAsync(new { entries });
    }

    private static async Task<IResult> WriteAsync(EventOutbox outbox)
    {
        await using var transaction = await outbox.BeginTransactionAsync(Cancelled);
        await transaction.WriteAsync([outbox.CreateMessage(Thing.Happened, "tea", new Thing("tea"))], Cancelled);
        await transaction.CommitAsync(Cancelled);
        return Results.Created();
    }
}
