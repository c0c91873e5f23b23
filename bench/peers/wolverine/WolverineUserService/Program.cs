using Microsoft.EntityFrameworkCore;
using Npgsql;
using Peer.Wolverine.Events;
using Peer.Wolverine.UserService;
using Wolverine;
using Wolverine.EntityFrameworkCore;
using Wolverine.Postgresql;
using Wolverine.RabbitMQ;
using Wolverine.RabbitMQ.Internal;

var builder = WebApplication.CreateBuilder(args);
var database = new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("userdb"))
{
    MaxPoolSize = 32,
}.ConnectionString;

builder.Services.AddHealthChecks();
builder.Host.UseWolverine(wolverine =>
{
    wolverine.Durability.Mode = DurabilityMode.Solo;
    wolverine.PersistMessagesWithPostgresql(database);
    wolverine.Services.AddDbContextWithWolverineIntegration<UserContext>(context => context.UseNpgsql(database));
    wolverine.UseRabbitMq(new Uri(builder.Configuration.GetConnectionString("rabbitmq")!))
        .AutoProvision()
        .ConfigureChannelCreation(channel =>
        {
            channel.PublisherConfirmationsEnabled = true;
            channel.PublisherConfirmationTrackingEnabled = true;
        });
    wolverine.PublishMessage<UserCreated>()
        .ToRabbitQueue("wolverine.user-created", queue => queue.QueueType = QueueType.quorum)
        .UseDurableOutbox();
});

var app = builder.Build();

await using (var source = NpgsqlDataSource.Create(database))
await using (var command = source.CreateCommand(
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
app.MapPost("/v1/users", async (CreateUser request, IDbContextOutbox<UserContext> outbox, CancellationToken cancellationToken) =>
{
    var now = DateTimeOffset.UtcNow;
    var user = new User
    {
        Id = Guid.CreateVersion7(now),
        Name = request.Name,
        Email = request.Email,
        EmailKey = request.Email.ToLowerInvariant(),
        CreatedAt = now,
    };
    outbox.DbContext.Users.Add(user);
    var created = new UserCreated(user.Id, user.Name, user.Email, user.CreatedAt);
    await outbox.PublishAsync(created);
    try
    {
        await outbox.SaveChangesAndFlushMessagesAsync(cancellationToken);
    }
    catch (DbUpdateException exception) when (
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
    {
        return Results.Conflict();
    }

    return Results.Created($"/v1/users/{user.Id}", created);
});

app.Run();

internal sealed record CreateUser(string Name, string Email);
