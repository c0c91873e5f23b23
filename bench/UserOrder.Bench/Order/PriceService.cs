using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Bench.Servers;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;

namespace UserOrder.Bench.Order;

/// <summary>A service in this process that changes prices, announces each change and consumes the announcements.</summary>
internal sealed class PriceService : IAsyncDisposable
{
    private const string Name = "prices";
    private static readonly TimeSpan EffectTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly IHost _host;
    private readonly OrderVariant _variant;
    private readonly EventOutbox _outbox;
    private readonly PriceHandler _handler;

    private PriceService(IHost host, OrderVariant variant)
    {
        _host = host;
        _variant = variant;
        _outbox = host.Services.GetRequiredService<EventOutbox>();
        _handler = host.Services.GetRequiredService<PriceHandler>();
    }

    /// <summary>Starts it on an empty database and a queue of its own.</summary>
    public static async Task<PriceService> StartAsync(BenchServers servers, OrderVariant variant, string queue)
    {
        await servers.CopyDatabaseAsync("template0", Name);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration[$"ConnectionStrings:{Name}"] = servers.Database.ConnectionString(Name);
        builder.Configuration["Messaging:Exchange"] = $"{Name}.{queue}.events";
        builder.Configuration["Messaging:MaxEventsPerMessage"] = "100";
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory
        {
            Uri = new Uri(servers.Broker.Uri),
            AutomaticRecoveryEnabled = false,
        });
        builder.Services.AddMetrics();
        builder.AddPostgresDatabase(Name, typeof(PriceService).Assembly);
        builder.AddMessaging(Name)
            .Publish(PriceChanged.V1)
            .Subscribe<PriceChanged, PriceHandler>(PriceChanged.V1, $"{Name}.{queue}", inOrder: variant.Keys > 0);
        var host = builder.Build();
        await host.MigrateAsync();
        await servers.ExecuteAsync(Name, "create table changes (product uuid, price numeric); create table effects (product uuid)");
        await host.StartAsync();
        return new PriceService(host, variant);
    }

    /// <summary>Commits changes by several writers for a time, and waits for their effects.</summary>
    /// <returns>The number of commits, their seconds, and the seconds to the last effect.</returns>
    /// <exception cref="BenchException">Some effect is missing.</exception>
    public async Task<(int Commits, double Seconds, double SecondsToEffect)> RunAsync(int writers, TimeSpan time)
    {
        var before = _handler.Applied;
        var clock = Stopwatch.StartNew();
        var commits = await Task.WhenAll(
            Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(new Random(writer), time))));
        var seconds = clock.Elapsed.TotalSeconds;
        var all = commits.Sum();
        var waiting = Stopwatch.StartNew();
        while (_handler.Applied - before < all)
        {
            if (waiting.Elapsed > EffectTimeout)
            {
                throw new BenchException($"Of {all} events {all - (_handler.Applied - before)} have no effect.");
            }

            await Task.Delay(PollInterval);
        }

        return (all, seconds, clock.Elapsed.TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        NpgsqlConnection.ClearAllPools();
    }

    private async Task<int> WriteAsync(Random random, TimeSpan time)
    {
        var commits = 0;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < time; commits++)
        {
            var key = _variant.Keys > 0 ? $"{random.Next(_variant.Keys)}" : null;
            var changed = new PriceChanged(TimeOrderedId.New(DateTimeOffset.UtcNow), random.Next(1_000));
            await using var transaction = await _outbox.BeginTransactionAsync(CancellationToken.None);
            await using var insert = transaction.CreateCommand("insert into changes values (@product, @price)");
            insert.Parameters.Add(new NpgsqlParameter<Guid>("product", changed.ProductId));
            insert.Parameters.Add(new NpgsqlParameter<decimal>("price", changed.Price));
            await insert.ExecuteNonQueryAsync();
            await transaction.WriteAsync(
                [_outbox.CreateMessage(PriceChanged.V1, key ?? "none", changed, key)], CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return commits;
    }
}
