using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;

namespace UserOrder.Tests.Messaging;

/// <summary>A service whose scoped handler stores each thing that happens and announces it as stored. It fails for a poison.</summary>
internal static class ThingService
{
    /// <summary>The announcement.</summary>
    public static readonly EventType<Thing> Stored = new("thing.stored.v1", Thing.Happened.Json);

    /// <summary>Builds the service on a database with the table of the things.</summary>
    public static async Task<IHost> BuildAsync(string name, string database, Uri broker, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:thingdb"] = database;
        builder.Configuration["Messaging:Exchange"] = name;
        builder.Configuration["Messaging:HandlerAttempts"] = "2";
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = broker });
        builder.Services.AddMetrics();
        builder.Services.AddScoped<ThingStore>();
        builder.AddPostgresDatabase("thingdb", typeof(ThingService).Assembly);
        builder.AddMessaging("things")
            .Publish(Thing.Happened)
            .Publish(Stored)
            .Filter<RefusePoison>()
            .SubscribeScoped<Thing, ThingHandler>(Thing.Happened, $"{name}.happened")
            .Subscribe<Thing, ThingCounter>(Stored, $"{name}.stored");
        var host = builder.Build();
        await host.MigrateAsync(cancellationToken);
        await using var create = host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("create table things (name text)");
        await create.ExecuteNonQueryAsync(cancellationToken);
        return host;
    }

    /// <summary>Counts the announcements, in batches.</summary>
    public sealed class ThingCounter : IEventHandler<Thing>
    {
        private int _count;

        public int Count => _count;

        public Task HandleAsync(
            IReadOnlyList<ReceivedEvent<Thing>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref _count, events.Count);
            return Task.CompletedTask;
        }
    }

    private sealed class RefusePoison : IEventFilter
    {
        public async Task InvokeAsync(EventContext context, Func<Task> next, CancellationToken cancellationToken)
        {
            await next();
            if (context.Subject == "poison")
            {
                throw new InvalidOperationException("poison");
            }
        }
    }

    private sealed class ThingHandler(ThingStore store, EventOutbox outbox) : IScopedEventHandler<Thing>
    {
        public async Task HandleAsync(ReceivedEvent<Thing> received, OutboxTransaction transaction, CancellationToken cancellationToken)
        {
            await store.AddAsync(received.Data.Name, cancellationToken);
            await transaction.WriteAsync([outbox.CreateMessage(Stored, received.Data.Name, received.Data)], cancellationToken);
        }
    }

    private sealed class ThingStore(EventContext context)
    {
        public async Task AddAsync(string name, CancellationToken cancellationToken)
        {
            await using var insert = context.Transaction.CreateCommand("insert into things values (@name)");
            insert.Parameters.Add(new NpgsqlParameter<string>("name", name));
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
