using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;
using UserOrder.Processes.Servers;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.EntityFramework;

/// <summary>A commit that the synchronous standby may lack fails, as everywhere in the library.</summary>
public sealed class StandbyContextTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_without_the_synchronous_standby_fails_and_does_not_wake_the_relay()
    {
        Assert.SkipWhen(ServersOfThisMachine.ReasonToSkip() is not null, ServersOfThisMachine.ReasonToSkip() ?? "");
        await using var server = new PostgresServer();
        await server.StartAsync();
        await using var service = await ThingDbService.BuildAsync(server.ConnectionString(PostgresServer.DefaultDatabase));
        await ConfigureAsync(service, "alter system set synchronous_standby_names = 'away'", isAway: true);
        var context = service.NewContext();

        context.Things.Add(new StoredThing { Name = "tea" });
        await Assert.ThrowsAsync<UnreplicatedCommitException>(() => CancelWaitsAsync(service, context.SaveChangesAsync(Cancelled)));
        context.ChangeTracker.Clear();
        context.Things.Add(new StoredThing { Name = "coffee" });
        context.Announce(Thing.Happened, "coffee", new Thing("coffee"));
        await using (var transaction = await context.Database.BeginTransactionAsync(Cancelled))
        {
            await context.SaveChangesAsync(Cancelled);
            await Assert.ThrowsAsync<UnreplicatedCommitException>(() => CancelWaitsAsync(service, transaction.CommitAsync(Cancelled)));
        }

        Assert.False(service.WasWoken());
        var health = service.Services.GetRequiredService<WriteHealthCheck>().CheckHealthAsync(new HealthCheckContext(), Cancelled);
        await CancelWaitsAsync(service, health);
        Assert.Equal(HealthStatus.Unhealthy, (await health).Status);

        await ConfigureAsync(service, "alter system reset synchronous_standby_names", isAway: false);
        context.Things.Add(new StoredThing { Name = "water" });
        await context.SaveChangesAsync(Cancelled);
        Assert.Equal(["coffee", "tea", "water"], await service.ThingsAsync());
    }

    /// <summary>Configures the server, and waits until its commits show it.</summary>
    private static async Task ConfigureAsync(ThingDbService service, string sql, bool isAway)
    {
        foreach (var statement in new[] { sql, "select pg_reload_conf()" })
        {
            await using var command = service.Database.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        await Until.EqualAsync(isAway, "commits wait for a standby, or not", async () =>
        {
            try
            {
                await CancelWaitsAsync(service, OutboxStore.TryWriteAsync(service.Database, Cancelled));
                return false;
            }
            catch (UnreplicatedCommitException)
            {
                return true;
            }
        });
    }

    /// <summary>Ends the wait of commits for the standby, as an operator may do, until a write has ended.</summary>
    private static async Task CancelWaitsAsync(ThingDbService service, Task write)
    {
        await Until.TrueAsync(
            "the write ends",
            async () =>
            {
                await Sql.CountAsync(
                    service.Database, "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'");
                return write.IsCompleted;
            },
            isCompleted => isCompleted);
        await write;
    }
}
