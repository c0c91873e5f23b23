using MassTransit;
using Npgsql;
using Peer.MassTransit.Events;

namespace Peer.MassTransit.OrderService;

/// <summary>Remembers the user; MassTransit acknowledges when the task has ended, and so after the commit.</summary>
internal sealed class UserCreatedConsumer(NpgsqlDataSource database) : IConsumer<UserCreated>
{
    public async Task Consume(ConsumeContext<UserCreated> context)
    {
        await using var command = database.CreateCommand("insert into known_users (id) values ($1) on conflict do nothing");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = context.Message.Id });
        await command.ExecuteNonQueryAsync(context.CancellationToken);
    }
}
