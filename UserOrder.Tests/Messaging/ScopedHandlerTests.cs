using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Testing;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.Messaging;

/// <summary>A scoped handler behind the broker and in the test harness.</summary>
public sealed class ScopedHandlerTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"scoped_{Guid.NewGuid():N}";

    [Fact]
    public async Task Events_beside_a_poison_take_effect_once_and_the_poison_leaves_nothing()
    {
        using var host = await BuildAsync();
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        await host.StartAsync(Cancelled);

        await PublishAsync(host, "tea", "poison", "coffee");

        var channel = await OpenChannelAsync();
        var counter = host.Services.GetRequiredService<ThingService.ThingCounter>();
        await Until.EqualAsync(2, "both announcements came back", () => Task.FromResult(counter.Count));
        await Until.TrueAsync(
            "the poison is a dead letter",
            () => channel.BasicGetAsync($"{_name}.happened.dead", autoAck: true, Cancelled),
            letter => letter is not null);
        Assert.Equal(["coffee", "tea"], await NamesAsync(database.CreateCommand("select name from things order by name")));
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task The_harness_shows_the_effect_of_a_handler_and_rolls_it_back()
    {
        using var host = await BuildAsync();
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        await PublishAsync(host, "of another test");
        var harness = new HandlerHarness(host.Services);

        await using (var handled = await harness.HandleAsync(Thing.Happened, new Thing("tea"), Cancelled))
        {
            Assert.Equal(["tea"], await NamesAsync(handled.Transaction.CreateCommand("select name from things")));
            Assert.Equal(ThingService.Stored.Name, Assert.Single(handled.Announced).Type);
            Assert.Equal("tea", Assert.Single(handled.AnnouncedAs(ThingService.Stored)).Data.Name);
            Assert.Empty(handled.AnnouncedAs(Thing.Happened));
            Assert.Equal(0, await CountAsync(database, "select count(*) from things"));
        }

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => harness.HandleAsync(Thing.Happened, [Event("poison")], cancellationToken: Cancelled));
        Assert.Equal("poison", exception.Message);
        Assert.Equal(0, await CountAsync(database, "select count(*) from things"));
        Assert.Equal(1, await CountAsync(database, "select count(*) from outbox"));
    }

    [Fact]
    public async Task A_test_may_commit_a_batch_of_the_harness()
    {
        using var host = await BuildAsync();
        await using (var handled = await new HandlerHarness(host.Services).HandleAsync(
            Thing.Happened, [Event("tea"), Event("coffee")], $"{_name}.happened", Cancelled))
        {
            Assert.Equal(["tea", "coffee"], handled.AnnouncedAs(ThingService.Stored).Select(stored => stored.Subject));
            await handled.Transaction.CommitAsync(Cancelled);
        }

        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        Assert.Equal(2, await CountAsync(database, "select count(*) from things"));
        Assert.Equal(2, await CountAsync(database, "select count(*) from outbox"));
    }

    private async Task<IHost> BuildAsync() => await ThingService.BuildAsync(
        _name, await CreateDatabaseAsync(_name), new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)), Cancelled);

    private static ReceivedEvent<Thing> Event(string name) => new(Guid.CreateVersion7(), name, DateTimeOffset.UtcNow, new Thing(name));

    private static async Task PublishAsync(IHost host, params string[] names)
    {
        var outbox = host.Services.GetRequiredService<EventOutbox>();
        await using var transaction = await outbox.BeginTransactionAsync(Cancelled);
        await transaction.WriteAsync(
            [.. names.Select(name => outbox.CreateMessage(Thing.Happened, name, new Thing(name)))], Cancelled);
        await transaction.CommitAsync(Cancelled);
    }

    private static async Task<List<string>> NamesAsync(NpgsqlCommand select)
    {
        await using var command = select;
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var names = new List<string>();
        while (await reader.ReadAsync(Cancelled))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
