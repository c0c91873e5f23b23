using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Broker;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;

namespace UserOrder.Tests.Integration;

/// <summary>A replica of a service with the operators' endpoints, on its own port.</summary>
internal sealed class DeadLetterService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DeadLetterService(WebApplication app) => _app = app;

    public SwitchedHandler Handler => _app.Services.GetRequiredService<SwitchedHandler>();

    public LogCollector Logs => _app.Services.GetRequiredService<LogCollector>();

    public NpgsqlDataSource Database => _app.Services.GetRequiredService<NpgsqlDataSource>();

    public EventOutbox Outbox => _app.Services.GetRequiredService<EventOutbox>();

    /// <summary>The queue as the consumer sees it.</summary>
    public ConsumedQueue ConsumedQueue(string name) => _app.Services.GetRequiredService<ConsumedQueues>().Of(name);

    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    public HttpClient Api { get; } = new();

    public static async Task<DeadLetterService> StartAsync(
        string name, string database, Uri broker, IReadOnlyDictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        var assembly = typeof(DeadLetterService).Assembly;
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = assembly.GetName().Name, EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(settings)
        {
            ["ConnectionStrings:deaddb"] = database,
            ["Messaging:Exchange"] = name,
            ["Messaging:HandlerAttempts"] = "2",
            ["Messaging:AdminEndpoints"] = "true",
        });

        var logs = new LogCollector();
        builder.WebHost.UseKestrelCore().UseUrls(settings.GetValueOrDefault("urls") ?? "http://127.0.0.1:0");
        builder.Logging.AddProvider(logs);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = broker });
        builder.Services.AddSingleton<SwitchedHandler>();
        builder.AddServiceDefaults();
        builder.AddApiDefaults();
        builder.AddPostgresDatabase("deaddb", assembly);
        builder.AddMessagingHttp(schemas: assembly);
        builder.AddMessaging("dead")
            .Publish(Thing.Happened)
            .Subscribe<Thing, SwitchedHandler>(Thing.Happened, $"{name}.things");
        builder.Services.AddValidation();
        builder.Services.AddOpenApi();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseApiDefaults();
        app.MapOpenApi();
        app.MapOperators();
        var service = new DeadLetterService(app);
        await app.StartAsync(cancellationToken);
        await app.Services.GetRequiredService<SchemaMigrator>().Ready.WaitAsync(cancellationToken);
        service.Api.BaseAddress = new Uri(app.Urls.Single());
        await Until.TrueAsync(
            "the service is ready",
            () => service.Api.GetAsync("/health", cancellationToken),
            response => response.IsSuccessStatusCode);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}

/// <summary>A handler that a test can make fail or wait, and that records the events it has applied.</summary>
internal sealed class SwitchedHandler : IEventHandler<Thing>
{
    private volatile Task _gate = Task.CompletedTask;

    public ConcurrentQueue<string> Handled { get; } = [];

    public bool IsBroken { get; set; }

    /// <summary>The event for which the handler fails.</summary>
    public string? Broken { get; set; }

    /// <summary>How often the handler was called.</summary>
    public int Calls { get; private set; }

    public void WaitFor(Task gate) => _gate = gate;

    public async Task HandleAsync(
        IReadOnlyList<ReceivedEvent<Thing>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
    {
        await _gate;
        Calls++;
        if (IsBroken || events.Any(thing => thing.Data.Name == Broken))
        {
            throw new InvalidOperationException("broken");
        }

        foreach (var thing in events)
        {
            Handled.Enqueue(thing.Data.Name);
        }
    }
}
