using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Testing;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;
using UserOrder.Tests.Messaging;

namespace UserOrder.Tests.EntityFramework;

/// <summary>A handler's context is in the transaction of the inbox, whatever happens to it.</summary>
public sealed class HandlerContextTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"context_{Guid.NewGuid():N}";

    [Fact]
    public async Task Events_pass_from_a_save_to_the_save_of_a_handler_and_to_its_subscriber_by_signals_alone()
    {
        await using var service = await StartAsync();
        var context = service.NewContext();

        foreach (var name in new[] { "saved", "unsaved", "flaky" })
        {
            context.Announce(Thing.Happened, name, new Thing(name));
            await context.SaveChangesAsync(Cancelled);
        }

        var counter = service.Services.GetRequiredService<ThingService.ThingCounter>();
        await Until.EqualAsync(3, "the announcements of all arrived", () => Task.FromResult(counter.Count));
        Assert.Equal(["flaky", "saved", "unsaved"], await service.ThingsAsync());
        Assert.Equal(2, service.Services.GetRequiredService<Attempts>().Of("flaky"));
        Assert.Empty(await service.EventsAsync());
        await service.StopAsync();
    }

    [Fact]
    public async Task Only_data_that_the_database_refuses_is_the_fault_of_an_event()
    {
        await using var service = await StartAsync();
        await using var other = await service.Database.OpenConnectionAsync(Cancelled);
        await using var locking = await other.BeginTransactionAsync(Cancelled);
        await using var insert = new NpgsqlCommand("insert into shop.things values (gen_random_uuid(), 'locked')", other, locking);
        await insert.ExecuteNonQueryAsync(Cancelled);

        await PublishThingAsync(_name, "locked");
        await Until.TrueAsync(
            "it waits for the lock",
            () => Task.FromResult(service.Logs.Count($"1 events of {_name}.happened wait for a lock")),
            count => count > 0);
        await locking.RollbackAsync(Cancelled);
        await Until.TrueAsync("the locked event took effect", service.ThingsAsync, things => things is ["locked"]);

        foreach (var lost in new[] { "lost", "swallowed" })
        {
            await PublishThingAsync(_name, lost);
            await Until.TrueAsync($"the event '{lost}' took effect", service.ThingsAsync, things => things.Contains(lost));
        }

        Assert.Equal(1, service.Logs.Count($"The consumer of {_name}.happened waits for the database: 57P01"));
        Assert.Equal(1, service.Logs.Count($"The consumer of {_name}.happened waits for the database: The connection of the event's"));
        var channel = await OpenChannelAsync();
        Assert.Equal(0u, await channel.MessageCountAsync($"{_name}.happened.dead", Cancelled));

        await PublishThingAsync(_name, "duplicate");
        await Until.EqualAsync(
            1u, "the refused one is a dead letter", () => channel.MessageCountAsync($"{_name}.happened.dead", Cancelled));
        Assert.Equal(["locked", "lost", "swallowed"], await service.ThingsAsync());
        await service.StopAsync();
    }

    [Fact]
    public async Task The_harness_shows_what_a_handlers_context_saves_and_rolls_it_back()
    {
        await using var service = await BuildAsync();

        await using (var handled = await new HandlerHarness(service.Services).HandleAsync(Thing.Happened, new Thing("unsaved"), Cancelled))
        {
            Assert.Equal("unsaved", Assert.Single(handled.AnnouncedAs(ThingService.Stored)).Data.Name);
        }

        Assert.Empty(await service.ThingsAsync());
        Assert.False(service.WasWoken());
    }

    private async Task<ThingDbService> BuildAsync()
    {
        var broker = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled));
        return await ThingDbService.BuildAsync(
            await CreateDatabaseAsync(_name),
            npgsql => npgsql.EnableRetryOnFailure(),
            configure: (builder, messaging) =>
            {
                builder.Configuration["Messaging:Exchange"] = _name;
                builder.Configuration["Messaging:HandlerAttempts"] = "2";
                builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory { Uri = broker });
                builder.Services.AddSingleton<Attempts>();
                messaging
                    .SubscribeScoped<Thing, StoreHandler>(Thing.Happened, $"{_name}.happened")
                    .Subscribe<Thing, ThingService.ThingCounter>(ThingService.Stored, $"{_name}.stored");
            });
    }

    private async Task<ThingDbService> StartAsync()
    {
        var service = await BuildAsync();
        await service.StartAsync();
        await Until.TrueAsync(
            "it consumes", () => Task.FromResult(service.Logs.Count($"Consuming from {_name}.")), count => count == 2);
        return service;
    }

    /// <summary>Counts the attempts for each thing.</summary>
    private sealed class Attempts
    {
        private readonly Dictionary<string, int> _counts = [];

        public int Of(string name) => _counts.GetValueOrDefault(name);

        public bool IsFirst(string name) => (_counts[name] = Of(name) + 1) == 1;
    }

    /// <summary>Stores and announces a thing. Its name says what happens meanwhile.</summary>
    private sealed class StoreHandler(ThingContext context, NpgsqlDataSource database, Attempts attempts) : IScopedEventHandler<Thing>
    {
        public async Task HandleAsync(ReceivedEvent<Thing> received, OutboxTransaction transaction, CancellationToken cancellationToken)
        {
            var name = received.Data.Name;
            var isFirst = attempts.IsFirst(name);
            context.Things.Add(new StoredThing { Name = name == "duplicate" ? "locked" : name });
            context.Announce(ThingService.Stored, name, received.Data);
            switch (name)
            {
                case "unsaved":
                    return;
                case "locked":
                    await context.Database.ExecuteSqlAsync($"set local lock_timeout = 100", cancellationToken);
                    break;
                case "lost" or "swallowed" when isFirst:
                    await TerminateAsync(cancellationToken);
                    break;
            }

            try
            {
                await context.SaveChangesAsync(cancellationToken);
            }
            catch (Exception) when (name == "swallowed")
            {
                return;
            }

            if (name == "flaky" && isFirst)
            {
                throw new InvalidOperationException("The first attempt fails after its save.");
            }
        }

        private async Task TerminateAsync(CancellationToken cancellationToken)
        {
            await using var terminate = database.CreateCommand("select pg_terminate_backend($1, 60000)");
            terminate.Parameters.Add(new NpgsqlParameter { Value = ((NpgsqlConnection)context.Database.GetDbConnection()).ProcessID });
            await terminate.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
