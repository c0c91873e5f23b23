using System.Data.Common;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.EntityFrameworkCore;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.EntityFramework;

/// <summary>An event is in the outbox if and only if the change that announced it is in the database. Then the relay is woken.</summary>
public sealed class AnnounceTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"announce_{Guid.NewGuid():N}";

    [Fact]
    public async Task A_save_writes_a_change_with_its_event_wakes_the_relay_and_keeps_no_event_in_the_context()
    {
        await using var service = await BuildAsync();
        var context = service.NewContext();

        var first = Store(context, "tea");
        await context.SaveChangesAsync(Cancelled);
        Assert.True(service.WasWoken());
        Assert.Empty(context.ChangeTracker.Entries<OutboxEntry>());

        var second = Store(context, "coffee");
        context.SaveChanges();
        Assert.True(service.WasWoken());

        context.Things.Add(new StoredThing { Name = "water" });
        await context.SaveChangesAsync(Cancelled);
        Assert.False(service.WasWoken());
        Assert.Equal(["coffee", "tea", "water"], await service.ThingsAsync());
        Assert.Equal([first, second], await service.EventsAsync());
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_sends_nothing_and_does_not_wake_the_relay_and_a_commit_does()
    {
        await using var service = await BuildAsync();
        var context = service.NewContext();

        await using (var transaction = await context.Database.BeginTransactionAsync(Cancelled))
        {
            Store(context, "tea");
            await context.SaveChangesAsync(Cancelled);
            await transaction.RollbackAsync(Cancelled);
        }

        await using (await context.Database.BeginTransactionAsync(Cancelled))
        {
            Store(context, "coffee");
            await context.SaveChangesAsync(Cancelled);
        }

        Assert.False(service.WasWoken());
        Assert.Empty(await service.EventsAsync());

        await using (var transaction = await context.Database.BeginTransactionAsync(Cancelled))
        {
            Store(context, "water");
            await context.SaveChangesAsync(Cancelled);
            Assert.False(service.WasWoken());
            await transaction.CommitAsync(Cancelled);
        }

        Assert.True(service.WasWoken());
        Assert.Single(await service.EventsAsync());
    }

    [Fact]
    public async Task Two_contexts_share_a_transaction_and_the_commit_of_either_wakes_the_relay()
    {
        await using var service = await BuildAsync();
        await using var connection = await service.Database.OpenConnectionAsync(Cancelled);
        var (owner, guest) = (service.NewContext(), service.NewContext());
        owner.Database.SetDbConnection(connection);
        guest.Database.SetDbConnection(connection);
        await using var transaction = await owner.Database.BeginTransactionAsync(Cancelled);
        await guest.Database.UseTransactionAsync(transaction.GetDbTransaction(), Cancelled);

        owner.Things.Add(new StoredThing { Name = "tea" });
        await owner.SaveChangesAsync(Cancelled);
        Store(guest, "coffee");
        await guest.SaveChangesAsync(Cancelled);
        Assert.False(service.WasWoken());
        await transaction.CommitAsync(Cancelled);

        Assert.True(service.WasWoken());
        Assert.Equal(["coffee", "tea"], await service.ThingsAsync());
        Assert.Single(await service.EventsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ambient_transaction_sends_an_event_only_if_it_completes(bool isComplete)
    {
        await using var service = await BuildAsync();
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            var context = service.NewContext();
            Store(context, "tea");
            await context.SaveChangesAsync(Cancelled);
            Assert.False(service.WasWoken());
            if (isComplete)
            {
                scope.Complete();
            }
        }

        Assert.Equal(isComplete, service.WasWoken());
        Assert.Equal(isComplete ? 1 : 0, (await service.EventsAsync()).Count);
        Assert.Equal(isComplete ? ["tea"] : [], await service.ThingsAsync());
    }

    [Fact]
    public async Task A_connection_that_is_lost_between_save_and_commit_sends_nothing_and_counts_as_an_outage()
    {
        await using var service = await BuildAsync();
        var context = service.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancelled);
        Store(context, "tea");
        await context.SaveChangesAsync(Cancelled);

        await TerminateAsync(service, context.Database.GetDbConnection());
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync(Cancelled));

        Assert.True(DatabaseFault.IsOutage(exception));
        Assert.False(service.WasWoken());
        Assert.Empty(await service.EventsAsync());
        Assert.Empty(await service.ThingsAsync());
    }

    [Fact]
    public async Task A_strategy_that_retries_a_save_sends_its_event_once()
    {
        var fault = new Fault();
        await using var service = await BuildAsync(fault);
        var context = service.NewContext();
        var id = Store(context, "tea");
        fault.OnCommand = connection => TerminateAsync(service, connection);

        await context.SaveChangesAsync(Cancelled);

        Assert.Null(fault.OnCommand);
        Assert.True(service.WasWoken());
        Assert.Equal([id], await service.EventsAsync());
        Assert.Equal(["tea"], await service.ThingsAsync());
    }

    [Fact]
    public async Task A_strategy_that_misses_the_answer_of_a_commit_does_not_send_twice()
    {
        var fault = new Fault();
        await using var service = await BuildAsync(fault);
        var context = service.NewContext();
        var id = Store(context, "tea");
        fault.IsAnswerOfCommitLost = true;

        var exception = await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancelled));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, Assert.IsType<PostgresException>(exception.InnerException).SqlState);
        Assert.Equal([id], await service.EventsAsync());
    }

    [Fact]
    public async Task A_strategy_repeats_a_transaction_whose_event_was_announced_before_with_the_same_id()
    {
        var fault = new Fault();
        await using var service = await BuildAsync(fault);
        var context = service.NewContext();
        var id = Store(context, "tea");
        fault.OnCommit = connection => TerminateAsync(service, connection);

        await context.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
            context,
            (repeated, token) => repeated.SaveChangesAsync(acceptAllChangesOnSuccess: false, token),
            async (_, _) => (await service.EventsAsync()).Count > 0,
            Cancelled);
        context.ChangeTracker.AcceptAllChanges();

        Assert.Null(fault.OnCommit);
        Assert.True(service.WasWoken());
        Assert.Equal([id], await service.EventsAsync());
        Assert.Equal(["tea"], await service.ThingsAsync());
    }

    [Fact]
    public async Task An_event_that_could_not_be_sent_with_its_change_is_refused_at_once()
    {
        await using var service = await BuildAsync();
        using var scope = service.Services.CreateScope();
        var plain = scope.ServiceProvider.GetRequiredService<PlainContext>();
        await using var foreign = new ThingContext(
            new DbContextOptionsBuilder<ThingContext>().UseNpgsql(service.Database).Options);
        var context = service.NewContext();
        var undeclared = Thing.Happened with { Name = "thing.other.v1" };

        AssertRefused("The service things does not publish thing.other.v1.", () => context.Announce(undeclared, "tea", new Thing("tea")));
        AssertRefused("The model of PlainContext has no outbox.", () => plain.Announce(Thing.Happened, "tea", new Thing("tea")));
        AssertRefused("ThingContext has no outbox.", () => foreign.Announce(Thing.Happened, "tea", new Thing("tea")));
        context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
        AssertRefused("ThingContext saves without a transaction", () => context.Announce(Thing.Happened, "tea", new Thing("tea")));
        Assert.False(context.ChangeTracker.HasChanges());
    }

    private static void AssertRefused(string start, Action announce) =>
        Assert.StartsWith(start, Assert.Throws<InvalidOperationException>(announce).Message, StringComparison.Ordinal);

    private async Task<ThingDbService> BuildAsync(Fault? fault = null) => await ThingDbService.BuildAsync(
        await CreateDatabaseAsync(_name),
        fault is null ? null : npgsql => npgsql.EnableRetryOnFailure(),
        fault is null ? null : (_, options) => options.AddInterceptors(fault));

    /// <summary>Adds a thing and announces it.</summary>
    /// <returns>The event's id.</returns>
    private static Guid Store(ThingContext context, string name)
    {
        context.Things.Add(new StoredThing { Name = name });
        context.Announce(Thing.Happened, name, new Thing(name));
        return context.ChangeTracker.Entries<OutboxEntry>().Last().Entity.Id;
    }

    private static async Task TerminateAsync(ThingDbService service, DbConnection connection)
    {
        // With a time limit, the call returns only when the server process has ended.
        var ended = await CountAsync(
            service.Database, "select count(*) where pg_terminate_backend($1, 60000)", ((NpgsqlConnection)connection).ProcessID);
        Assert.Equal(1, ended);
    }

    /// <summary>Faults that happen once.</summary>
    private sealed class Fault : DbCommandInterceptor, IDbTransactionInterceptor
    {
        public Func<DbConnection, Task>? OnCommand { get; set; }

        public Func<DbConnection, Task>? OnCommit { get; set; }

        public bool IsAnswerOfCommitLost { get; set; }

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            var happen = OnCommand;
            OnCommand = null;
            await (happen?.Invoke(command.Connection!) ?? Task.CompletedTask);
            return result;
        }

        public async ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction,
            TransactionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default)
        {
            var happen = OnCommit;
            OnCommit = null;
            await (happen?.Invoke(transaction.Connection!) ?? Task.CompletedTask);
            return result;
        }

        public Task TransactionCommittedAsync(
            DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            var isLost = IsAnswerOfCommitLost;
            IsAnswerOfCommitLost = false;
            return isLost ? throw new NpgsqlException("The answer is lost.", new IOException()) : Task.CompletedTask;
        }
    }
}
