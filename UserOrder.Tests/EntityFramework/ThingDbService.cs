using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using RabbitMQ.Client;
using UserOrder.Messaging;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Messaging;

namespace UserOrder.Tests.EntityFramework;

/// <summary>A service with a context. Its relay polls so seldom that only a signal wakes it within the time of a test.</summary>
internal sealed class ThingDbService : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly List<IServiceScope> _scopes = [];

    private ThingDbService(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public LogCollector Logs => Services.GetRequiredService<LogCollector>();

    public NpgsqlDataSource Database => Services.GetRequiredService<NpgsqlDataSource>();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Builds the service with its tables. Before its start, nothing connects to the broker or takes the signal.</summary>
    public static async Task<ThingDbService> BuildAsync(
        string database,
        Action<NpgsqlDbContextOptionsBuilder>? npgsql = null,
        Action<IServiceProvider, DbContextOptionsBuilder>? options = null,
        Action<IHostApplicationBuilder, MessagingBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

        // Some tests connect once, and on a busy machine that takes longer than the library's two seconds.
        builder.Configuration["ConnectionStrings:thingdb"] = $"{database};Timeout=30";
        builder.Configuration["Messaging:RelayPollInterval"] = "00:10:00";
        var logs = new LogCollector();
        builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory());
        builder.Services.AddMetrics();
        builder.AddPostgresDatabase("thingdb", typeof(ThingDbService).Assembly);
        var messaging = builder.AddMessaging("things").Publish(Thing.Happened).Publish(ThingService.Stored);
        configure?.Invoke(builder, messaging);
        messaging.AddDbContext<ThingContext>(npgsql, options).AddDbContext<PlainContext>();
        var service = new ThingDbService(builder.Build());
        await service._host.MigrateAsync(Cancelled);
        await service.NewContext().GetService<IRelationalDatabaseCreator>().CreateTablesAsync(Cancelled);
        return service;
    }

    public Task StartAsync() => _host.StartAsync(Cancelled);

    public Task StopAsync() => _host.StopAsync(Cancelled);

    /// <summary>A context from a scope that lives as long as the service.</summary>
    public ThingContext NewContext()
    {
        var scope = Services.CreateScope();
        _scopes.Add(scope);
        return scope.ServiceProvider.GetRequiredService<ThingContext>();
    }

    /// <summary>Whether the relay was woken since the last call.</summary>
    public bool WasWoken()
    {
        // A wait that begins after the signal ends at once.
        using var asking = new CancellationTokenSource();
        var waiting = Services.GetRequiredService<OutboxSignal>().WaitAsync(asking.Token);
        var wasWoken = waiting.IsCompleted;
        asking.Cancel();
        return wasWoken;
    }

    public Task<List<Guid>> EventsAsync() => Sql.ReadAsync(Database, "select id from outbox order by id", row => row.GetGuid(0));

    public Task<List<string>> ThingsAsync() =>
        Sql.ReadAsync(Database, "select name from shop.things order by name", row => row.GetString(0));

    public ValueTask DisposeAsync()
    {
        _scopes.ForEach(scope => scope.Dispose());
        _host.Dispose();
        return ValueTask.CompletedTask;
    }
}
