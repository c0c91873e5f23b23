using MassTransit;
using Npgsql;
using Peer.MassTransit.Events;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddSingleton(NpgsqlDataSource.Create(
    new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("userdb")) { MaxPoolSize = 32 }));
builder.Services.AddMassTransit(bus =>
{
    bus.DisableUsageTelemetry();
    bus.UsingRabbitMq((_, rabbit) =>
    {
        rabbit.Host(new Uri(builder.Configuration.GetConnectionString("rabbitmq")!), host => host.PublisherConfirmation = true);
    });
});

var app = builder.Build();

await using (var command = app.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
    """
    create table if not exists users (
      id         uuid        primary key,
      name       text        not null,
      email      text        not null,
      email_key  text        not null collate "C" unique,
      created_at timestamptz not null
    )
    """))
{
    await command.ExecuteNonQueryAsync();
}

app.MapHealthChecks("/health");
app.MapPost("/v1/users", async (
    CreateUser request, NpgsqlDataSource database, IPublishEndpoint events, CancellationToken cancellationToken) =>
{
    var now = DateTimeOffset.UtcNow;
    var user = new UserCreated(Guid.CreateVersion7(now), request.Name, request.Email, now);
    await using var command = database.CreateCommand(
        "insert into users (id, name, email, email_key, created_at) values ($1, $2, $3, $4, $5) on conflict (email_key) do nothing");
    command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = user.Id });
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = user.Name });
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = user.Email });
    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = user.Email.ToLowerInvariant() });
    command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = user.CreatedAt });
    if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
    {
        return Results.Conflict();
    }

    // A crash here loses the event: MassTransit's outbox needs Entity Framework, which this pair does without. A client that goes away
    // does not: the row is there, so the event is published without the request's token.
    await events.Publish(user, CancellationToken.None);
    return Results.Created($"/v1/users/{user.Id}", user);
});

app.Run();

internal sealed record CreateUser(string Name, string Email);
