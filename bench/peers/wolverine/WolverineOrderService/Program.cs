using Microsoft.EntityFrameworkCore;
using Npgsql;
using Peer.Wolverine.OrderService;
using Wolverine;
using Wolverine.EntityFrameworkCore;
using Wolverine.Postgresql;
using Wolverine.RabbitMQ;
using Wolverine.RabbitMQ.Internal;

var builder = WebApplication.CreateBuilder(args);
var database = new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("orderdb"))
{
    MaxPoolSize = 32,
}.ConnectionString;

builder.Services.AddHealthChecks();
builder.Host.UseWolverine(wolverine =>
{
    wolverine.Durability.Mode = DurabilityMode.Solo;
    wolverine.PersistMessagesWithPostgresql(database);
    wolverine.Services.AddDbContextWithWolverineIntegration<OrderContext>(context => context.UseNpgsql(database));
    wolverine.Policies.AutoApplyTransactions();
    wolverine.UseRabbitMq(new Uri(builder.Configuration.GetConnectionString("rabbitmq")!)).AutoProvision();
    wolverine.ListenToRabbitQueue("wolverine.user-created", queue => queue.QueueType = QueueType.quorum)
        .PreFetchCount(256)
        .MaximumParallelMessages(32)
        .UseDurableInbox();
});

var app = builder.Build();

await using (var source = NpgsqlDataSource.Create(database))
await using (var command = source.CreateCommand("create table if not exists known_users (id uuid primary key)"))
{
    await command.ExecuteNonQueryAsync();
}

app.MapHealthChecks("/health");

app.Run();
