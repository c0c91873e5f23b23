using MassTransit;
using Npgsql;
using Peer.MassTransit.OrderService;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddSingleton(NpgsqlDataSource.Create(
    new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("orderdb")) { MaxPoolSize = 32 }));
builder.Services.AddMassTransit(bus =>
{
    bus.DisableUsageTelemetry();
    bus.AddConsumer<UserCreatedConsumer>();
    bus.UsingRabbitMq((context, rabbit) =>
    {
        rabbit.Host(new Uri(builder.Configuration.GetConnectionString("rabbitmq")!));
        rabbit.ReceiveEndpoint("masstransit.user-created", endpoint =>
        {
            endpoint.SetQuorumQueue();
            endpoint.PrefetchCount = 256;
            endpoint.ConcurrentMessageLimit = 32;
            endpoint.ConfigureConsumer<UserCreatedConsumer>(context);
        });
    });
});

var app = builder.Build();

await using (var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
    "create table if not exists known_users (id uuid primary key)"))
{
    await command.ExecuteNonQueryAsync();
}

app.MapHealthChecks("/health");

app.Run();
