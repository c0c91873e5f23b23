using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Consumer;
using UserOrder.Messaging.Database;
using UserOrder.Messaging.Events;
using UserOrder.Messaging.Outbox;
using UserOrder.Messaging.Tests;
using UserOrder.Tests.Graph;

namespace UserOrder.Tests.Integration;

/// <summary>
/// Only data that the database refuses makes a dead letter. Every other failure is an outage, which events and requests wait for.
/// </summary>
[Collection(DisturbedGraphTests.Name)]
public sealed partial class DatabaseFaultTests(RunningGraph graph) : IntegrationTest(graph)
{
    private const string ReadOnly = "default_transaction_read_only";

    private readonly string _name = $"faults_{Guid.NewGuid():N}";
    private readonly LogCollector _logs = new();

    [Fact]
    public async Task Each_class_of_SQLSTATE_is_classified_as_the_document_says()
    {
        var database = await OpenDatabaseAsync("userdb");
        var documented = SqlStateRow()
            .Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "reliability.md"), Cancelled))
            .SelectMany(row => row.Groups["state"].Captures, (row, state) => (State: state.Value, Fault: row.Groups["fault"].Value))
            .ToDictionary(entry => entry.State, entry => entry.Fault);
        string[] successes = ["00", "01", "02"];
        var all = typeof(PostgresErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => ((string)field.GetRawConstantValue()!)[..2])
            .Distinct()
            .Except(successes);

        Assert.Equal(all.Order(StringComparer.Ordinal), documented.Keys.Where(key => key.Length == 2).Order(StringComparer.Ordinal));
        foreach (var (state, fault) in documented)
        {
            await using var command = database.CreateCommand(Raise(state.PadRight(5, '0')));
            var exception = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancelled));

            Assert.Equal((state, fault == "data"), (state, DatabaseFault.IsOfData(exception)));
            Assert.Equal((state, fault == "outage"), (state, DatabaseFault.IsOutage(exception)));
        }
    }

    [Theory]
    [InlineData("select 1 / 0")]
    [InlineData("insert into twice values (1), (1)")]
    [InlineData("do $$ begin raise exception 'a rule of the schema'; end $$")]
    public async Task Refused_data_becomes_a_dead_letter(string sql)
    {
        var handler = new SqlHandler { Sql = sql };
        await using var service = await StartAsync(await CreateDatabaseAsync(_name), handler);

        await PublishThingAsync(_name, "tea");

        await Until.EqualAsync<uint>(1, "it is a dead letter", DeadLettersAsync);
        Assert.Empty(handler.Handled);
    }

    [Theory]
    [InlineData("select a_column_that_does_not_exist")]
    [InlineData("do $$ begin raise exception 'disk full' using errcode = '53100'; end $$")]
    [InlineData("do $$ begin raise exception 'unknown' using errcode = 'XX000'; end $$")]
    [InlineData("do $$ begin raise exception 'serialization' using errcode = '40001'; end $$")]
    public async Task Every_other_failure_makes_events_wait(string sql)
    {
        var handler = new SqlHandler { Sql = sql };
        await using var service = await StartAsync(await CreateDatabaseAsync(_name), handler);

        await PublishThingAsync(_name, "tea");
        await Until.TrueAsync("it was tried several times", () => Task.FromResult(handler.Attempts), attempts => attempts > 2);
        Assert.Equal(0u, await DeadLettersAsync());
        Assert.Equal(1, _logs.Count($"The consumer of {_name}.things waits for the database"));

        handler.Sql = "select 1";
        await Until.EqualAsync(1, "it was handled", () => Task.FromResult(handler.Handled.Count));
        Assert.Equal(0u, await DeadLettersAsync());
    }

    [Fact]
    public async Task While_the_database_is_read_only_events_wait_and_requests_get_503()
    {
        var handler = new SqlHandler();
        await using var service = await StartAsync(await CreateDatabaseAsync(_name), handler);
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        await ExecuteAsync($"alter database {_name} set {ReadOnly} = on", Disconnect);

        await PublishThingAsync(_name, "tea");
        using var refused = await client.PostAsync("/things", content: null, Cancelled);
        await WaitsAsync();

        await TakesNoWritesAsync(service, PostgresErrorCodes.ReadOnlySqlTransaction);
        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable", refused);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);

        await ExecuteAsync($"alter database {_name} reset {ReadOnly}", Disconnect);
        await Until.EqualAsync(1, "the event was handled", () => Task.FromResult(handler.Handled.Count));
        await AcceptedAsync(client);
        await TakesWritesAsync(service);
        Assert.Equal(0u, await DeadLettersAsync());
    }

    [Fact]
    public async Task While_the_disk_is_full_the_service_is_unhealthy_although_queries_succeed()
    {
        var name = await CreateDatabaseAsync(_name);
        var database = Open(name);
        await using var service = await StartAsync(name, new SqlHandler());
        await using (var fill = database.CreateCommand(
            """
            create function refuse() returns trigger language plpgsql as
              'begin raise exception using errcode = ''53100'', message = ''could not extend file: No space left on device''; end';
            create trigger full_disk before insert on outbox execute function refuse();
            """))
        {
            await fill.ExecuteNonQueryAsync(Cancelled);
        }

        var message = new OutboxMessage(Guid.CreateVersion7(), Thing.Happened.Name, "{}"u8.ToArray(), TraceParent: null, TraceState: null);
        await using (var transaction = await service.Services.GetRequiredService<EventOutbox>().BeginTransactionAsync(Cancelled))
        {
            await Assert.ThrowsAsync<PostgresException>(() => transaction.WriteAsync([message], Cancelled));
        }

        await TakesNoWritesAsync(service, PostgresErrorCodes.DiskFull);

        await using var empty = database.CreateCommand("drop trigger full_disk on outbox");
        await empty.ExecuteNonQueryAsync(Cancelled);
        await TakesWritesAsync(service);
        Assert.Equal(0, await CountAsync(database, "select count(*) from outbox"));
    }

    [Fact]
    public async Task While_the_login_is_refused_events_wait_and_requests_get_503()
    {
        var handler = new SqlHandler();
        var owner = new NpgsqlConnectionStringBuilder(await CreateDatabaseAsync(_name));
        await ExecuteAsync($"create role {_name} superuser login password 'first'");
        owner.Username = _name;
        owner.Password = "first";
        await using var service = await StartAsync(owner.ConnectionString, handler);
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        await ExecuteAsync($"alter role {_name} password 'second'", Disconnect);

        await PublishThingAsync(_name, "tea");
        using var refused = await client.PostAsync("/things", content: null, Cancelled);
        await WaitsAsync();

        await AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable", refused);

        await ExecuteAsync($"alter role {_name} password 'first'");
        await Until.EqualAsync(1, "the event was handled", () => Task.FromResult(handler.Handled.Count));
        await AcceptedAsync(client);
        Assert.Equal(0u, await DeadLettersAsync());
    }

    /// <summary>A row of the table: <c>| `22`, `P0001`: its meaning | data |</c>.</summary>
    [GeneratedRegex(@"^\| (?:`(?<state>[0-9A-Z]{2}(?:[0-9A-Z]{3})?)`[^`|]*)+ \| (?<fault>data|outage) \|", RegexOptions.Multiline)]
    private static partial Regex SqlStateRow();

    private static string Raise(string state) => $"do $$ begin raise exception 'raised' using errcode = '{state}'; end $$";

    private string Disconnect => $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_name}'";

    private async Task WaitsAsync() => await Until.EqualAsync(
        1,
        "the consumer waits for the database",
        () => Task.FromResult(_logs.Count($"The consumer of {_name}.things waits for the database")));

    private static async Task TakesNoWritesAsync(WebApplication service, string state)
    {
        var health = await Until.TrueAsync(
            "health shows that the database takes no writes, and answers queries",
            () => HealthAsync(service),
            report => report.Entries["writes"].Description?.Contains(state, StringComparison.Ordinal) == true
                && report.Entries["database"].Status == HealthStatus.Healthy);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
    }

    private static async Task TakesWritesAsync(WebApplication service) => await Until.EqualAsync(
        HealthStatus.Healthy, "the database takes writes again", async () => (await HealthAsync(service)).Entries["writes"].Status);

    private static Task<HealthReport> HealthAsync(WebApplication service) =>
        service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancelled);

    private static async Task AcceptedAsync(HttpClient client) => await Until.EqualAsync(
        HttpStatusCode.Created,
        "a request is accepted",
        async () =>
        {
            using var response = await client.PostAsync("/things", content: null, Cancelled);
            return response.StatusCode;
        });

    private async Task<uint> DeadLettersAsync()
    {
        var channel = await OpenChannelAsync();
        return await channel.MessageCountAsync($"{_name}.things.dead", Cancelled);
    }

    private async Task ExecuteAsync(params string[] statements)
    {
        var server = await OpenDatabaseAsync("userdb");
        foreach (var statement in statements)
        {
            await using var command = server.CreateCommand(statement);
            await command.ExecuteNonQueryAsync(Cancelled);
        }
    }

    /// <summary>Starts a service for which one failure of a handler is enough for a dead letter.</summary>
    private async Task<WebApplication> StartAsync(string database, SqlHandler handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(DatabaseFaultTests).Assembly.GetName().Name });
        builder.Configuration["ConnectionStrings:faultsdb"] = database;
        builder.Configuration["Messaging:Exchange"] = _name;
        builder.Configuration["Messaging:HandlerAttempts"] = "1";
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.AddProvider(_logs);
        builder.Services.AddRoutingCore();
        builder.Services.AddProblemDetails();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<IConnectionFactory>(
            new ConnectionFactory { Uri = new Uri(await Graph.GetConnectionStringAsync("rabbitmq", Cancelled)) });
        builder.Services.AddSingleton(handler);
        builder.AddPostgresDatabase("faultsdb", typeof(DatabaseFaultTests).Assembly);
        builder.AddMessagingHttp();
        builder.AddMessaging("faults").Subscribe<Thing, SqlHandler>(Thing.Happened, $"{_name}.things");

        var app = builder.Build();
        app.UseExceptionHandler();
        app.MapPost("/things", WriteAsync);
        await app.StartAsync(Cancelled);
        await Until.EqualAsync(1, "it consumes", () => Task.FromResult(_logs.Count($"Consuming from {_name}.things")));
        await using var twice = Open(database).CreateCommand("create table twice (number int primary key)");
        await twice.ExecuteNonQueryAsync(Cancelled);
        return app;
    }

    private static async Task<IResult> WriteAsync(EventOutbox outbox)
    {
        await using var transaction = await outbox.BeginTransactionAsync(Cancelled);
        await using var command = transaction.CreateCommand("insert into twice select coalesce(max(number), 0) + 1 from twice");
        await command.ExecuteNonQueryAsync(Cancelled);
        await transaction.CommitAsync(Cancelled);
        return Results.Created();
    }

    /// <summary>Runs a statement for each event.</summary>
    private sealed class SqlHandler : IEventHandler<Thing>
    {
        private int _attempts;

        public string Sql { get; set; } = "insert into twice values (0)";

        public int Attempts => _attempts;

        public ConcurrentQueue<string> Handled { get; } = [];

        public async Task HandleAsync(
            IReadOnlyList<ReceivedEvent<Thing>> events, OutboxTransaction transaction, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _attempts);
            await using var command = transaction.CreateCommand(Sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
            foreach (var thing in events)
            {
                Handled.Enqueue(thing.Data.Name);
            }
        }
    }
}
