using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;

namespace UserOrder.Tests.Messaging;

/// <summary>
/// A replica of a service that counts for each key. It announces each number in the transaction of the count, with the key as the ordering
/// key, and its handler stores the numbers in the order in which they take effect. Numbers without a key are in no order.
/// </summary>
internal static class CountingService
{
    public static readonly EventType<Counted> V1 = new("thing.counted.v1", CountedJson.Default.Counted);

    public static string QueueOf(string name) => $"{name}.counted";

    /// <summary>Creates the tables of the replicas.</summary>
    public static async Task PrepareAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var create = database.CreateCommand(
            """
            create table counts (key text primary key, number integer not null);
            create table transactions (id bigint generated always as identity);
            create table applied (place bigint generated always as identity, key text, number integer not null);
            """);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Builds a replica.</summary>
    /// <param name="name">The exchange, which must not exist.</param>
    /// <param name="database">The database with the tables.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="failures">The seed of the handler's failures, one for twenty calls; null for none.</param>
    /// <param name="logs">Collects the logs.</param>
    public static async Task<IHost> BuildAsync(string name, string database, Uri broker, int? failures, ILoggerProvider? logs = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:countdb"] = database;
        builder.Configuration["Messaging:Exchange"] = name;
        builder.Configuration["Messaging:MaxEventsPerMessage"] = "20";
        builder.Configuration["Messaging:HandlerAttempts"] = "100";
        builder.Configuration["Messaging:HandlerRetryDelay"] = "00:00:00.010";
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false });
        builder.Services.AddSingleton(new Failures(failures));
        builder.Services.AddMetrics();
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        builder.AddPostgresDatabase("countdb", typeof(CountingService).Assembly);
        builder.AddMessaging("counting")
            .Publish(V1)
            .Publish(Thing.Happened)
            .Subscribe<Counted, CountedHandler>(V1, QueueOf(name), inOrder: true);
        var host = builder.Build();
        await host.MigrateAsync();
        return host;
    }

    /// <summary>Counts on for some keys, and announces their numbers and one without a key.</summary>
    public static async Task CountAsync(IHost replica, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var outbox = replica.Services.GetRequiredService<EventOutbox>();
        await using var transaction = await outbox.BeginTransactionAsync(cancellationToken);
        var messages = new List<OutboxMessage> { outbox.CreateMessage(V1, "none", new Counted(null, 0)) };
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            await using var count = transaction.CreateCommand(
                "insert into counts values (@key, 1) on conflict (key) do update set number = counts.number + 1 returning number");
            count.Parameters.Add(new NpgsqlParameter<string>("key", key));
            var number = (int)(await count.ExecuteScalarAsync(cancellationToken))!;
            messages.Add(outbox.CreateMessage(V1, key, new Counted(key, number), orderingKey: key));
        }

        await using var insert = transaction.CreateCommand("insert into transactions default values");
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await transaction.WriteAsync(messages, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public sealed record Counted(string? Key, int Number);

    private sealed class Failures(int? seed)
    {
        private readonly Lock _lock = new();
        private readonly Random _random = new(seed ?? 0);

        public void ThrowSometimes()
        {
            lock (_lock)
            {
                if (seed is not null && _random.Next(20) == 0)
                {
                    throw new InvalidOperationException("a failure of the test");
                }
            }
        }
    }

    private sealed class CountedHandler(Failures failures) : IEventHandler<Counted>
    {
        public async Task HandleAsync(
            IReadOnlyList<ReceivedEvent<Counted>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
        {
            foreach (var counted in events)
            {
                failures.ThrowSometimes();
                await using var insert = transaction.CreateCommand("insert into applied (key, number) values (@key, @number)");
                insert.Parameters.Add(new NpgsqlParameter<string?>("key", counted.Data.Key));
                insert.Parameters.Add(new NpgsqlParameter<int>("number", counted.Data.Number));
                await insert.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CountingService.Counted))]
internal sealed partial class CountedJson : JsonSerializerContext;
