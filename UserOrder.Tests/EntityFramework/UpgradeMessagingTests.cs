using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using UserOrder.Messaging.Outbox;
using UserOrder.Tests.Faults;
using UserOrder.Tests.Graph;
using UserOrder.Tests.Integration;

namespace UserOrder.Tests.EntityFramework;

/// <summary>The migrations of a context and the library's own migrator agree on what the database has.</summary>
public sealed class UpgradeMessagingTests(RunningGraph graph) : IntegrationTest(graph)
{
    private readonly string _name = $"migrations_{Guid.NewGuid():N}";

    [Fact]
    public async Task The_migrations_of_a_context_leave_nothing_to_do_to_the_librarys_migrator()
    {
        using var host = await BuildAsync();
        await MigrateContextAsync(host);
        var tables = await TablesAsync(host);

        await host.MigrateAsync(Cancelled);

        Assert.Contains("notes", tables);
        Assert.Equal(tables, await TablesAsync(host));
        await AssertMigratedAsync(host, byLibrary: 0);
    }

    [Fact]
    public async Task The_migrations_of_a_context_skip_what_the_librarys_migrator_has_applied()
    {
        using var host = await BuildAsync();
        await host.MigrateAsync(Cancelled);
        var tables = await TablesAsync(host);

        await MigrateContextAsync(host);

        Assert.Equal(tables.Append("notes").Append("__EFMigrationsHistory").Order(), (await TablesAsync(host)).Order());
        await AssertMigratedAsync(host, byLibrary: MigratedContext.Numbers.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public void A_number_that_no_migration_has_is_refused(int through) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            nameof(through), () => new MigrationBuilder(activeProvider: null).UpgradeMessaging(through));

    private static async Task AssertMigratedAsync(IHost host, int byLibrary)
    {
        var database = host.Services.GetRequiredService<NpgsqlDataSource>();
        var applied = await Sql.ReadAsync(
            database,
            "select number from schema_migrations where component = 'UserOrder.Messaging' order by number",
            row => row.GetInt32(0));
        Assert.Equal(MigratedContext.Numbers, applied);
        Assert.Equal(byLibrary, host.Services.GetRequiredService<LogCollector>().Count("Applied migration "));
        await OutboxStore.TryWriteAsync(database, Cancelled);
    }

    private static Task<List<string>> TablesAsync(IHost host) => Sql.ReadAsync(
        host.Services.GetRequiredService<NpgsqlDataSource>(),
        "select tablename from pg_tables where schemaname = 'public' order by tablename",
        row => row.GetString(0));

    private static async Task MigrateContextAsync(IHost host)
    {
        using var scope = host.Services.CreateScope();
        await scope.ServiceProvider.GetRequiredService<MigratedContext>().Database.MigrateAsync(Cancelled);
    }

    private async Task<IHost> BuildAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["ConnectionStrings:thingdb"] = await CreateDatabaseAsync(_name);
        var logs = new LogCollector();
        builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IConnectionFactory>(new ConnectionFactory());
        builder.Services.AddMetrics();
        builder.AddPostgresDatabase("thingdb", typeof(MigratedContext).Assembly);
        builder.AddMessaging("things").AddDbContext<MigratedContext>();
        return builder.Build();
    }
}
